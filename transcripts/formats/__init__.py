"""One module per transcript format: its reader, and its writer where the site offers it."""
