"""English as it is read everywhere, not only in America."""
