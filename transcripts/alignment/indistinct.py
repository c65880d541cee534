"""Sentences that were not understood, though somebody speaks for just as long between the ones around them."""

from collections.abc import Sequence

import numpy as np

from transcripts.alignment.contract import SentenceStatus, SentenceTime
from transcripts.alignment.placing import LAG_MS
from transcripts.alignment.recogniser import HeardSounds
from transcripts.alignment.soundtext import SoundText

# Sounds heard for each sound written: outside this, other words are spoken there than these.
_FEWEST, _MOST = 0.5, 1.8
# Measured: mumbled or echoing sentences are mostly above, those that are spoken nowhere mostly at 0.
_LEAST_UNDERSTOOD = 0.2
# Music makes the recogniser write a sound now and then; speech makes it write eight to fifteen a second.
_SOUNDS_PER_SECOND = 5.0


def with_indistinct(times: Sequence[SentenceTime], text: SoundText, heard: HeardSounds) -> list[SentenceTime]:
    """The times, where runs of NOT_HEARD sentences that fill their place are to be CHECKed there instead.

    Mumbled or wrongly written words are still a place to listen to; a cut or a jingle is not.
    """
    filled = list(times)
    for first, end in _runs_not_heard(times):
        if first == 0 or end == len(times):
            continue
        begin_ms, finish_ms = times[first - 1].end_ms, times[end].start_ms
        lengths = [
            sum(word.length for word in text.words[slice(*text.sentence_words[place])]) for place in range(first, end)
        ]
        understood = sum(length * (times[first + at].confidence or 0.0) for at, length in enumerate(lengths))
        if begin_ms is None or finish_ms is None or min(lengths) == 0 or understood < _LEAST_UNDERSTOOD * sum(lengths):
            continue
        starts = _starts_within(lengths, begin_ms, finish_ms, heard)
        ends = [*starts[1:], finish_ms]
        for place, (start_ms, end_ms) in enumerate(zip(starts, ends, strict=False), first):
            filled[place] = SentenceTime(start_ms, end_ms, times[place].confidence, SentenceStatus.CHECK)
    return filled


def _runs_not_heard(times: Sequence[SentenceTime]) -> list[tuple[int, int]]:
    unheard = np.array([0, *(time.status == SentenceStatus.NOT_HEARD for time in times), 0], np.int8)
    edges = np.flatnonzero(np.diff(unheard))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def _starts_within(lengths: Sequence[int], begin_ms: int, finish_ms: int, heard: HeardSounds) -> list[int]:
    """Where sentences of these lengths in sounds begin among what was heard; [] when that is too little or too much."""
    first, end = np.searchsorted(heard.start_ms, [begin_ms + LAG_MS, finish_ms])
    if end - first < 2:
        return []
    passed = np.cumsum(heard.weight[first:end], dtype=np.float64)
    seconds = float(heard.end_ms[end - 1] - heard.start_ms[first]) / 1000
    if not _FEWEST <= passed[-1] / sum(lengths) <= _MOST or passed[-1] < _SOUNDS_PER_SECOND * seconds:
        return []
    shares = np.cumsum([0, *lengths[:-1]]) / sum(lengths)
    places = first + np.minimum(np.searchsorted(passed, shares * passed[-1]), end - first - 1)
    starts = [max(begin_ms, int(heard.start_ms[place]) - LAG_MS) for place in places]
    return starts if all(np.diff([*starts, finish_ms]) > 0) else []
