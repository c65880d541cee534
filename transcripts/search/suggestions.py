"""A spelling that would have found something."""

import re
from collections.abc import Callable

from django.db import connection

# More candidates cost a query each and are hardly ever what was meant.
_CANDIDATES = 4
_MOST_WORDS = 6


def spelling_suggestion(text: str, finds: Callable[[str], bool]) -> str:
    """The text with its unknown words replaced by the most similar spoken ones, or "" when that finds nothing either.

    `finds` says whether a listener who asked this would get an answer.
    """
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]{4,40}", text)))[:_MOST_WORDS]
    candidates = {word: _similar(word) for word in words}
    best = text
    for word in words:
        if candidates[word] and not finds(word):
            best = _replaced(best, word, candidates[word][0])
    if best != text and finds(best):
        return best
    for word in words:
        for candidate in candidates[word]:
            if finds(other := _replaced(text, word, candidate)):
                return other
    return ""


def _similar(word: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM transcripts_spokenword WHERE word %% lower(unaccent(%s)) AND word <> lower(unaccent(%s)) "
            "ORDER BY similarity(word, lower(unaccent(%s))) DESC, word LIMIT %s",
            [word, word, word, _CANDIDATES],
        )
        return [row[0] for row in cursor.fetchall()]


def _replaced(text: str, word: str, other: str) -> str:
    return re.sub(rf"\b{re.escape(word)}\b", other.replace("\\", ""), text)
