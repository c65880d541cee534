"""Times for sentences when the sounds cannot be recognised: by their letters, over the time somebody speaks."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment import pins, sound
from transcripts.alignment.contract import AlignmentResult, Progress, SentenceIn, SentenceStatus, SentenceTime
from transcripts.alignment.levels import STEP_MS, levels_db
from transcripts.alignment.spoken import spoken_words

# Slow speech; when the time left is much more, the rest of it is music or silence.
_SLOWEST_MS_PER_LETTER = 140
# A start with this much voice or less between it and the end of a pause is taken to be there.
_SNAP_MS = 700
_SHORTEST_PAUSE_MS = 250


def estimate(audio_path: Path, sentences: Sequence[SentenceIn], progress: Progress) -> AlignmentResult:
    """Times between the stamps and pins there are, the whole audio where there are none; all ESTIMATED.

    Raises AlignmentError when the audio cannot be read.
    """
    expected = max(sound.duration_ms(audio_path) * sound.SAMPLE_RATE // 1000, 1)
    levels: list[NDArray[np.float32]] = []
    held = np.zeros(0, np.float32)
    samples = 0
    step = sound.SAMPLE_RATE * STEP_MS // 1000
    for block in sound.read_blocks(audio_path):
        held = np.concatenate([held, block])
        whole = len(held) // step * step
        levels.append(levels_db(held[:whole]))
        held = held[whole:]
        samples += len(block)
        progress(min(1.0, samples / expected))
    audio_ms = samples * 1000 // sound.SAMPLE_RATE
    loudness = np.concatenate(levels) if levels else np.zeros(0, np.float32)
    return AlignmentResult(tuple(spread(sentences, loudness, audio_ms)), "estimated", audio_ms)


def spread(sentences: Sequence[SentenceIn], loudness_db: NDArray[np.float32], audio_ms: int) -> list[SentenceTime]:
    """The sentences over the voiced time between their anchors, by number of letters."""
    if not sentences:
        return []
    voiced = voiced_steps(loudness_db)
    clock = np.append(0.0, np.cumsum(np.where(voiced, 1.0, 0.02)))
    letters = np.array([_letters(sentence.text) for sentence in sentences], np.float64)
    anchors, is_fixed = _anchors(sentences, audio_ms)
    starts = np.zeros(len(sentences) + 1)
    for (first, first_ms), (end, end_ms) in pairwise(anchors):
        if end == len(sentences):
            end_ms = min(end_ms, first_ms + letters[first:].sum() * _SLOWEST_MS_PER_LETTER + 10_000)
        share = np.append(0.0, np.cumsum(letters[first:end])) / max(letters[first:end].sum(), 1.0)
        begin, finish = _clock_at(clock, first_ms), _clock_at(clock, end_ms)
        steps = np.interp(begin + share * (finish - begin), clock, np.arange(len(clock)))
        starts[first : end + 1] = np.clip(steps * STEP_MS, first_ms, end_ms)
    starts[:-1] = np.where(is_fixed, starts[:-1], _after_pauses(starts[:-1], voiced, clock))
    return _as_times(starts, is_fixed)


def voiced_steps(loudness_db: NDArray[np.float32]) -> NDArray[np.bool_]:
    """For each step whether it is loud enough to be a voice, between the quietest and the loudest of the whole."""
    if not len(loudness_db):
        return np.zeros(0, bool)
    low, high = np.percentile(loudness_db, [5, 95])
    return loudness_db > max(low + 0.4 * (high - low), -60.0)


def _anchors(sentences: Sequence[SentenceIn], audio_ms: int) -> tuple[list[tuple[int, float]], NDArray[np.bool_]]:
    """(sentence, time) in order, from the first sentence to one past the last, and which sentences' times are known.

    Stamps that cannot be are left out.
    """
    pinned = pins.in_order([sentence.pinned_start_ms for sentence in sentences], audio_ms)
    hints: list[int | None] = []
    later: list[int] = [audio_ms]
    for pin in reversed(pinned[1:]):
        later.append(pin if pin is not None else later[-1])
    low = -1
    for pin, sentence, limit in zip(pinned, sentences, reversed(later), strict=True):
        hint = sentence.hint_start_ms
        hints.append(pin if pin is not None else hint if hint is not None and low < hint < limit else None)
        low = low if pin is None else pin
    kept = pins.in_order(hints, audio_ms)
    # A stamp may be in the way of more others than one pin is; the pins stand all the same.
    if any(pin is not None and time is None for pin, time in zip(pinned, kept, strict=True)):
        kept = pinned
    found = [(number, float(time)) for number, time in enumerate(kept) if time is not None]
    if not found or found[0][0] != 0:
        found.insert(0, (0, 0.0))
    known = np.array([time is not None for time in kept])
    return [*found, (len(sentences), float(max(audio_ms, found[-1][1] + 1)))], known


def _letters(text: str) -> int:
    return max(1, sum(len(word.written) + 1 for word in spoken_words(text, english=False) if word.said))


def _clock_at(clock: NDArray[np.float64], time_ms: float) -> float:
    return float(np.interp(time_ms / STEP_MS, np.arange(len(clock)), clock))


def _after_pauses(
    starts_ms: NDArray[np.float64], voiced: NDArray[np.bool_], clock: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Starts moved to where a voice sets in after a pause, when little is spoken between."""
    quiet_before = np.convolve(voiced, np.ones(_SHORTEST_PAUSE_MS // STEP_MS), "full")[: len(voiced)]
    onsets = np.flatnonzero(voiced & np.insert(quiet_before == 0, 0, True)[: len(voiced)])
    if not len(onsets):
        return starts_ms
    steps = np.clip(starts_ms / STEP_MS, 0, len(voiced) - 1).astype(np.intp)
    following = np.clip(np.searchsorted(clock[onsets], clock[steps]), 1, len(onsets) - 1) if len(onsets) > 1 else 0
    candidates = onsets[np.stack([following, following - 1])] if len(onsets) > 1 else np.tile(onsets, (1, len(steps)))
    spoken_between = np.abs(clock[candidates] - clock[steps]) * STEP_MS
    nearest = np.argmin(spoken_between, axis=0)
    columns = np.arange(len(steps))
    near = spoken_between[nearest, columns] <= _SNAP_MS
    return np.where(near, candidates[nearest, columns] * float(STEP_MS), starts_ms)


def _as_times(starts: NDArray[np.float64], is_fixed: NDArray[np.bool_]) -> list[SentenceTime]:
    count = len(starts) - 1
    whole = [int(start) for start in starts]
    for number in range(count - 2, -1, -1):
        if not is_fixed[number]:
            whole[number] = min(whole[number], whole[number + 1] - 1)
    for number in range(count):
        if not is_fixed[number] and number > 0:
            whole[number] = max(whole[number], whole[number - 1] + 1)
        whole[number] = max(whole[number], 0)
    whole[count] = max(whole[count], whole[count - 1] + 1)
    return [
        SentenceTime(whole[number], max(whole[number + 1], whole[number] + 1), None, SentenceStatus.ESTIMATED)
        for number in range(count)
    ]
