"""What the background worker does for the words each night."""

from transcripts.search.misses import forget_old_misses
from transcripts.search.vocabulary import learn_all_words


def every_night() -> str:
    """Take up the words of all transcripts anew, forget old searches; says how many."""
    return f"{learn_all_words()} words known, {forget_old_misses()} old searches forgotten."
