"""Doors of what the public gets."""
