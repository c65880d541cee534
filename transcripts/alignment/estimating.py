"""Times for sentences when the sounds cannot be recognised: by their letters, over the time somebody speaks."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment import pins, sound
from transcripts.alignment.contract import AlignmentResult, Progress, SentenceIn, SentenceStatus, SentenceTime
from transcripts.alignment.spoken import spoken_words

# Slow speech; when the time left is much more, the rest of it is music or silence.
_SLOWEST_MS_PER_LETTER = 140
# A start this near to the end of a pause is taken to be there.
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
    step = sound.SAMPLE_RATE * sound.LOUDNESS_STEP_MS // 1000
    for block in sound.read_blocks(audio_path):
        held = np.concatenate([held, block])
        whole = len(held) // step * step
        levels.append(sound.loudness_db(held[:whole]))
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
    anchors = _anchors(sentences, audio_ms)
    starts = np.zeros(len(sentences) + 1)
    for (first, first_ms), (end, end_ms) in pairwise(anchors):
        if end == len(sentences):
            end_ms = min(end_ms, first_ms + letters[first:].sum() * _SLOWEST_MS_PER_LETTER + 10_000)
        share = np.append(0.0, np.cumsum(letters[first:end])) / max(letters[first:end].sum(), 1.0)
        begin, finish = _clock_at(clock, first_ms), _clock_at(clock, end_ms)
        steps = np.interp(begin + share * (finish - begin), clock, np.arange(len(clock)))
        starts[first : end + 1] = np.clip(steps * sound.LOUDNESS_STEP_MS, first_ms, end_ms)
    fixed = {number for number, _ in anchors if number < len(sentences) and _is_stamped(sentences[number])}
    for number in range(len(sentences)):
        if number not in fixed:
            starts[number] = _after_pause(starts[number], voiced)
    return _as_times(starts, {number: starts[number] for number in fixed}, audio_ms)


def voiced_steps(loudness_db: NDArray[np.float32]) -> NDArray[np.bool_]:
    """For each step whether it is loud enough to be a voice, between the quietest and the loudest of the whole."""
    if not len(loudness_db):
        return np.zeros(0, bool)
    low, high = np.percentile(loudness_db, [5, 95])
    return loudness_db > max(low + 0.4 * (high - low), -60.0)


def _anchors(sentences: Sequence[SentenceIn], audio_ms: int) -> list[tuple[int, float]]:
    """(sentence, time) in order, from the first sentence to one past the last; stamps that cannot be are left out."""
    pinned = pins.in_order([sentence.pinned_start_ms for sentence in sentences])
    hints: list[int | None] = []
    low = -1
    for number, sentence in enumerate(sentences):
        pin, hint = pinned[number], sentence.hint_start_ms
        later = next((value for value in pinned[number + 1 :] if value is not None), audio_ms)
        possible = hint is not None and low < hint < later and hint < audio_ms
        hints.append(pin if pin is not None else hint if possible else None)
        low = max(low, hints[-1] if hints[-1] is not None else -1)
    kept = pins.in_order(hints)
    found = [(number, float(time)) for number, time in enumerate(kept) if time is not None]
    if not found or found[0][0] != 0:
        found.insert(0, (0, 0.0))
    return [*found, (len(sentences), float(max(audio_ms, found[-1][1] + 1)))]


def _is_stamped(sentence: SentenceIn) -> bool:
    return sentence.hint_start_ms is not None or sentence.pinned_start_ms is not None


def _letters(text: str) -> int:
    return max(1, sum(len(word.written) + 1 for word in spoken_words(text, english=False) if word.said))


def _clock_at(clock: NDArray[np.float64], time_ms: float) -> float:
    return float(np.interp(time_ms / sound.LOUDNESS_STEP_MS, np.arange(len(clock)), clock))


def _after_pause(start_ms: float, voiced: NDArray[np.bool_]) -> float:
    at, reach = int(start_ms) // sound.LOUDNESS_STEP_MS, _SNAP_MS // sound.LOUDNESS_STEP_MS
    pause = _SHORTEST_PAUSE_MS // sound.LOUDNESS_STEP_MS
    offset = max(pause, at - reach)
    best = start_ms
    nearest = float(_SNAP_MS)
    for step in range(offset, min(at + reach, len(voiced))):
        if voiced[step] and not voiced[step - pause : step].any():
            distance = abs(step * sound.LOUDNESS_STEP_MS - start_ms)
            if distance < nearest:
                best, nearest = float(step * sound.LOUDNESS_STEP_MS), distance
    return best


def _as_times(starts: NDArray[np.float64], fixed: dict[int, float], audio_ms: int) -> list[SentenceTime]:
    count = len(starts) - 1
    whole = [int(start) for start in starts]
    for number in range(count - 2, -1, -1):
        if number not in fixed:
            whole[number] = min(whole[number], whole[number + 1] - 1)
    for number in range(count):
        if number not in fixed and number > 0:
            whole[number] = max(whole[number], whole[number - 1] + 1)
        whole[number] = max(whole[number], 0)
    whole[count] = max(whole[count], whole[count - 1] + 1)
    return [
        SentenceTime(whole[number], max(whole[number + 1], whole[number] + 1), None, SentenceStatus.ESTIMATED)
        for number in range(count)
    ]
