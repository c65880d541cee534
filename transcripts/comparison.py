"""What changed between two states of a transcript."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Beyond so many pairs of words a comparison takes seconds and shows two texts that have little in common.
_MOST_PAIRS = 25_000_000

# (text, "same" | "gone" | "new"), in reading order.
Marked = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences that differ: `position` counts from 0 in the later state; words are marked as gone or new."""

    position: int
    words: Marked
    is_time_only: bool = False


def compare(before: Sequence[Sequence[object]], after: Sequence[Sequence[object]]) -> list[Difference]:
    """The differing sentences of two revisions' segments, in order; equal ones are left out."""
    old_texts, new_texts = [_line(s) for s in before], [_line(s) for s in after]
    found: list[Difference] = []
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            found.extend(
                Difference(new_from + step, ((new_texts[new_from + step], "same"),), is_time_only=True)
                for step in range(new_to - new_from)
                if before[old_from + step][3] != after[new_from + step][3]
            )
        else:
            old, new = " ".join(old_texts[old_from:old_to]), " ".join(new_texts[new_from:new_to])
            found.append(Difference(new_from, _words(old, new)))
    return found


def _line(segment: Sequence[object]) -> str:
    voice, _, text = segment[:3]
    return f"{voice}: {text}" if voice else str(text)


def _words(old: str, new: str) -> Marked:
    old_words, new_words = old.split(), new.split()
    if len(old_words) * len(new_words) > _MOST_PAIRS:
        return ((old, "gone"), (new, "new"))
    pieces: list[tuple[str, str]] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old_words, new_words, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            pieces.append((" ".join(new_words[new_from:new_to]), "same"))
            continue
        if old_to > old_from:
            pieces.append((" ".join(old_words[old_from:old_to]), "gone"))
        if new_to > new_from:
            pieces.append((" ".join(new_words[new_from:new_to]), "new"))
    return tuple(pieces)
