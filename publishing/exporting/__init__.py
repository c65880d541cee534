"""A show moves out: everything in open forms, in one folder."""
