"""What directories and apps would find wrong with a feed, in sentences."""
