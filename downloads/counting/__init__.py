"""What went out, told apart and added up to downloads."""
