"""What the listeners' pages are made of: rows, words, pictures, and the pages kept ready."""
