"""Stretches of speech that no sentence of the text accounts for."""

from collections.abc import Sequence

import numpy as np

from transcripts.alignment.contract import SentenceTime
from transcripts.alignment.recogniser import HeardSounds

_SHORTEST_MS = 5000
# Music makes the recogniser write a sound now and then; speech makes it write eight to fifteen a second.
_SOUNDS_PER_SECOND = 5.0
_LONGEST_PAUSE_MS = 1500


def unmatched_speech(heard: HeardSounds, times: Sequence[SentenceTime]) -> tuple[tuple[int, int], ...]:
    """(start_ms, end_ms) of what sounds like speech of more than five seconds outside all sentences."""
    found: list[tuple[int, int]] = []
    free_from = 0
    spoken = [(time.start_ms, time.end_ms) for time in times if time.start_ms is not None and time.end_ms is not None]
    for start_ms, end_ms in [*spoken, (heard.audio_ms, heard.audio_ms)]:
        if start_ms - free_from > _SHORTEST_MS:
            found += _speech_within(heard, free_from, start_ms)
        free_from = max(free_from, end_ms)
    return tuple(found)


def _speech_within(heard: HeardSounds, first_ms: int, end_ms: int) -> list[tuple[int, int]]:
    first, end = np.searchsorted(heard.start_ms, [first_ms, end_ms])
    starts, ends = heard.start_ms[first:end], heard.end_ms[first:end]
    if not len(starts):
        return []
    found = []
    for run in np.split(np.arange(len(starts)), np.flatnonzero(starts[1:] - ends[:-1] > _LONGEST_PAUSE_MS) + 1):
        begin, finish = int(starts[run[0]]), int(ends[run[-1]])
        heard_sounds = float(heard.weight[first + run[0] : first + run[-1] + 1].sum())
        if finish - begin > _SHORTEST_MS and heard_sounds * 1000 > _SOUNDS_PER_SECOND * (finish - begin):
            found.append((begin, finish))
    return found
