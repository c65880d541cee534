"""Word times carried over an edit: words that stay keep theirs."""

from collections.abc import Sequence
from difflib import SequenceMatcher

# [text, start_ms, end_ms, confidence or None], as a segment stores it.
StoredWord = list[object]


def carry_words(words: Sequence[StoredWord], text: str) -> list[StoredWord]:
    """Times for the words of an edited sentence, from those of the sentence before the edit.

    Unchanged words (but for case and marks) keep their times and confidence; new ones share out the time between
    their neighbours by letters and have no confidence. Links are not spoken and get no time. Without old words: [].
    """
    if not words:
        return []
    spoken = [word for word in text.split() if "://" not in word]
    old = [_bare(str(word[0])) for word in words]
    found: list[StoredWord] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, [_bare(word) for word in spoken], autojunk=False
    ).get_opcodes():
        if kind == "equal":
            found.extend(
                [new, *word[1:]] for new, word in zip(spoken[new_from:new_to], words[old_from:old_to], strict=True)
            )
        elif new_to > new_from:
            start_ms = _end_of(words, old_from - 1)
            end_ms = _start_of(words, old_to)
            found.extend(_shared_out(spoken[new_from:new_to], min(start_ms, end_ms), end_ms))
    return found


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum()) or word


def _end_of(words: Sequence[StoredWord], index: int) -> int:
    return int(str(words[index][2] if index >= 0 else words[0][1]))


def _start_of(words: Sequence[StoredWord], index: int) -> int:
    return int(str(words[index][1] if index < len(words) else words[-1][2]))


def _shared_out(texts: Sequence[str], start_ms: int, end_ms: int) -> list[StoredWord]:
    total = sum(len(text) for text in texts)
    seen = 0
    found: list[StoredWord] = []
    for text in texts:
        begin = start_ms + (end_ms - start_ms) * seen // total
        seen += len(text)
        found.append([text, begin, start_ms + (end_ms - start_ms) * seen // total, None])
    return found
