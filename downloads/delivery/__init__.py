"""The audio going out: which bytes, from where, and without waiting for anything."""
