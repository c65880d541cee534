"""The audio going out, and the counting of it."""
