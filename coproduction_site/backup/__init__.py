"""Everything of the site in one file, and back."""
