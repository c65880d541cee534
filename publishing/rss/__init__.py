"""The show as a feed: read from elsewhere, written for apps."""
