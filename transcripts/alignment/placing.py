"""From paired sounds to the place of every word, leaving out words that were paired by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment.recogniser import HeardSounds
from transcripts.alignment.soundtext import SoundText

# The recogniser writes a sound this long after it began (measured; median over readers and computer voices).
LAG_MS = 70
# A sound lasts about this long.
SOUND_MS = 75
# A pair counts as heard from this fit on; below, the path only had to go through.
HEARD_FIT = 0.3
_LEAST_WORD_SHARE = 1 / 3
# A gap in which more is left out than this parts the path in two runs; a run with fewer pairs is chance.
_LARGEST_SLIP = 9.0
_LEAST_RUN = 6
# Inside a sentence: a hole with as many unpaired sounds, or as long, means one side of it was paired wrongly.
_HOLE_SOUNDS = 10.0
_HOLE_MS = 8000
_SMALL_PART = 0.4


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Times of a word's first and last sound, and the share of its sounds that were heard."""

    start_ms: float
    end_ms: float
    share: float
    heard: int


def place_words(
    text: SoundText, paired: NDArray[np.int64], fits: NDArray[np.float32], heard: HeardSounds
) -> list[PlacedWord | None]:
    """The place of each word of the text, None where it was not heard.

    paired: for each sound of the text the heard sound, or -1; fits: how well each pair fits, 0 to 1.
    """
    counts = np.where(fits >= HEARD_FIT, paired, -1)
    _drop_short_runs(counts, heard)
    placed = [_placed(word.first, word.end, counts, heard) for word in text.words]
    for first, end in text.sentence_words:
        _drop_torn_parts(placed, first, end, counts, text, heard)
    return placed


def _drop_short_runs(counts: NDArray[np.int64], heard: HeardSounds) -> None:
    """Unpair runs of few pairs between places where much was left out on either side."""
    texts = np.flatnonzero(counts >= 0)
    if not len(texts):
        return
    weight_before = np.append(0.0, np.cumsum(heard.weight, dtype=np.float64))
    sounds = counts[texts]
    left_out = weight_before[sounds[1:]] - weight_before[sounds[:-1] + 1]
    slips = np.maximum(left_out, np.diff(texts) - 1)
    for run in np.split(np.arange(len(texts)), np.flatnonzero(slips > _LARGEST_SLIP) + 1):
        if len(run) < _LEAST_RUN and len(run) < len(texts):
            counts[texts[run]] = -1


def _placed(first: int, end: int, counts: NDArray[np.int64], heard: HeardSounds) -> PlacedWord | None:
    found = np.flatnonzero(counts[first:end] >= 0)
    length = end - first
    if len(found) < length * _LEAST_WORD_SHARE:
        return None
    sounds = counts[first + found]
    # Of a word of which some sounds were missed, the first and the last one heard tell where it begins and ends.
    start = float(heard.start_ms[sounds[0]]) - LAG_MS - SOUND_MS * float(found[0])
    finish = float(heard.end_ms[sounds[-1]]) - LAG_MS / 2 + SOUND_MS * float(length - 1 - found[-1])
    return PlacedWord(start, max(finish, start + 20), len(found) / length, len(found))


def _drop_torn_parts(
    placed: list[PlacedWord | None],
    first: int,
    end: int,
    counts: NDArray[np.int64],
    text: SoundText,
    heard: HeardSounds,
) -> None:
    """Where a sentence is torn by a hole, keep the part with most of it: the rest was caught by its neighbours."""
    parts: list[list[int]] = []
    before: PlacedWord | None = None
    for number in range(first, end):
        word = placed[number]
        if word is None:
            continue
        if before is None or _hole_between(before, word, heard):
            parts.append([])
        parts[-1].append(number)
        before = word
    if len(parts) < 2:
        return
    sizes = [sum(word.heard for number in part if (word := placed[number]) is not None) for part in parts]
    for part, size in zip(parts, sizes, strict=True):
        if size < _SMALL_PART * max(sizes):
            for number in part:
                placed[number] = None
                counts[text.words[number].first : text.words[number].end] = -1


def _hole_between(before: PlacedWord, after: PlacedWord, heard: HeardSounds) -> bool:
    if after.start_ms - before.end_ms > _HOLE_MS:
        return True
    first, end = np.searchsorted(heard.start_ms, [before.end_ms + LAG_MS, after.start_ms + LAG_MS])
    return bool(heard.weight[first:end].sum() > _HOLE_SOUNDS)
