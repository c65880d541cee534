"""Finding what was said: the question, the passages, the spelling that would have found more."""
