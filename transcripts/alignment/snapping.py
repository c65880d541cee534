"""Sentence starts moved to the end of the pause they follow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment.levels import STEP_MS
from transcripts.alignment.placing import PlacedWord
from transcripts.alignment.soundtext import SoundText

_EARLIER_MS, _LATER_MS = 350, 120
_AROUND_MS = 1000
# With less between loud and quiet around the start, noise hides where the voice sets in.
_LEAST_DYNAMICS_DB = 12.0
_SHORTEST_PAUSE_MS = 120


def snapped(
    text: SoundText, placed: Sequence[PlacedWord | None], loudness_db: NDArray[np.float32]
) -> list[PlacedWord | None]:
    """The first word of each sentence moved to where the voice sets in after a pause, if one is near."""
    moved = list(placed)
    for first, end in text.sentence_words:
        place = placed[first] if first < end else None
        if place is None:
            continue
        onset = onset_near(place.start_ms, loudness_db)
        if onset is not None and onset < place.end_ms:
            moved[first] = replace(place, start_ms=onset)
    return moved


def onset_near(start_ms: float, loudness_db: NDArray[np.float32]) -> float | None:
    """Where a voice sets in after a pause, close to start_ms; None when no pause is there or noise hides it."""
    at = int(start_ms) // STEP_MS
    around = _AROUND_MS // STEP_MS
    offset = max(0, at - around)
    window = loudness_db[offset : at + around]
    if len(window) < around:
        return None
    smooth = np.convolve(window, np.full(3, 1 / 3, np.float32), mode="same")
    low, high = np.percentile(smooth, [5, 95])
    if high - low < _LEAST_DYNAMICS_DB:
        return None
    voiced = smooth > low + 0.4 * (high - low)
    pause = _SHORTEST_PAUSE_MS // STEP_MS
    best: float | None = None
    for onset in np.flatnonzero(voiced[1:] & ~voiced[:-1]) + 1:
        if onset < pause or voiced[onset - pause : onset].any():
            continue
        time = float((offset + onset) * STEP_MS)
        near = -_EARLIER_MS <= time - start_ms <= _LATER_MS
        if near and (best is None or abs(time - start_ms) < abs(best - start_ms)):
            best = time
    return best
