"""A show moves in: rehearsal, import by pieces, and a report of what is the same."""
