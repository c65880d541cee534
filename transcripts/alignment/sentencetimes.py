"""From placed words to sentences with times, a confidence and a status."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.alignment.contract import SentenceStatus, SentenceTime, WordTime
from transcripts.alignment.placing import SOUND_MS, PlacedWord
from transcripts.alignment.soundtext import SoundText, TextWord

# Measured on readers and computer voices with wrong, missing and cut words: of the sentences with a share of at
# least OK_SHARE 99 % began within a second; those not in the audio at all stayed below HEARD_SHARE.
OK_SHARE = 0.70
HEARD_SHARE = 0.35
# In a sentence this short even a good fit may be chance: all of it must be heard.
_FEW_SOUNDS = 6
_SURE_FEW_SHARE = 0.85
# A pause inside a sentence, beyond what the words between would take.
_LONGEST_PAUSE_MS = 3000
# A word's last sound is held until the next word when that comes within this time.
_HELD_MS = 250


@dataclass(slots=True)
class _Draft:
    start: float
    end: float
    share: float
    status: SentenceStatus
    words: list[tuple[TextWord, float, float, float]]


def sentence_times(
    text: SoundText, placed: Sequence[PlacedWord | None], audio_ms: int, pins: Sequence[int | None]
) -> list[SentenceTime]:
    """Times for every sentence that was heard or is pinned; the others are NOT_HEARD.

    pins: the start set by hand for each sentence, or None; pins increase.
    """
    drafts = [_draft(text, placed, number, pins[number]) for number in range(len(text.sentence_words))]
    _in_order(drafts, audio_ms, pins)
    return [_finished(draft) for draft in drafts]


def _draft(text: SoundText, placed: Sequence[PlacedWord | None], number: int, pin: int | None) -> _Draft:
    first, end = text.sentence_words[number]
    words, places = text.words[first:end], list(placed[first:end])
    sounds = sum(word.length for word in words)
    share = sum(place.heard for place in places if place is not None) / sounds if sounds else 0.0
    if share < HEARD_SHARE:
        if pin is None:
            return _Draft(0.0, 0.0, share, SentenceStatus.NOT_HEARD, [])
        return _Draft(pin, pin + max(sounds * SOUND_MS, 300), share, SentenceStatus.OK, [])
    times = _filled(words, places)
    if pin is not None:
        times = [(max(start, pin), max(finish, pin), sure) for start, finish, sure in times]
        times[0] = (pin, *times[0][1:])
    sure = pin is not None or _is_sure(words, places, share, sounds)
    status = SentenceStatus.OK if sure else SentenceStatus.CHECK
    return _Draft(
        times[0][0], times[-1][1], share, status, [(word, *time) for word, time in zip(words, times, strict=True)]
    )


def _is_sure(words: Sequence[TextWord], places: Sequence[PlacedWord | None], share: float, sounds: int) -> bool:
    if share < (_SURE_FEW_SHARE if sounds < _FEW_SOUNDS else OK_SHARE) or places[0] is None:
        return False
    before: PlacedWord | None = None
    between = 0
    for word, place in zip(words, places, strict=True):
        if place is None:
            between += word.length
            continue
        if before is not None and place.start_ms - before.end_ms > _LONGEST_PAUSE_MS + between * SOUND_MS:
            return False
        before, between = place, 0
    return True


def _filled(words: Sequence[TextWord], places: Sequence[PlacedWord | None]) -> list[tuple[float, float, float]]:
    """(start, end, confidence) of every word; those not heard share the time between their neighbours by length."""
    known = [number for number, place in enumerate(places) if place is not None]
    times: list[tuple[float, float, float]] = [(0.0, 0.0, 0.0)] * len(words)
    for number in known:
        place = places[number]
        assert place is not None
        times[number] = (place.start_ms, place.end_ms, place.share)
    edges = [-1, *known, len(words)]
    for left, right in pairwise(edges):
        missing = range(left + 1, right)
        if not missing:
            continue
        length = sum(words[number].length for number in missing)
        if left < 0:
            finish = times[right][0]
            begin = finish - length * SOUND_MS
        else:
            begin = times[left][1]
            finish = times[right][0] if right < len(words) else begin + length * SOUND_MS
        step = max(finish - begin, 0.0) / length
        for number in missing:
            times[number] = (begin, begin + step * words[number].length, 0.0)
            begin = times[number][1]
    return times


def _in_order(drafts: Sequence[_Draft], audio_ms: int, pins: Sequence[int | None]) -> None:
    """Starts increase by at least a millisecond, ends stay before the next start, all within the audio."""
    kept = [(number, draft) for number, draft in enumerate(drafts) if draft.status != SentenceStatus.NOT_HEARD]
    limit = float(max(audio_ms, 1))
    for number, draft in reversed(kept):
        # Pins stand where they are; what is before them gives way.
        if pins[number] is None:
            draft.start = min(draft.start, limit - 1)
        limit = min(limit, draft.start)
    earliest = 0.0
    for number, draft in kept:
        if pins[number] is None:
            draft.start = max(draft.start, earliest)
        earliest = float(int(draft.start) + 1)
    for place, (_, draft) in enumerate(kept):
        following = kept[place + 1][1].start if place + 1 < len(kept) else float(max(audio_ms, int(draft.start) + 1))
        draft.end = min(max(draft.end, draft.start + 1), following)
        if following - draft.end < _HELD_MS:
            draft.end = following


def _finished(draft: _Draft) -> SentenceTime:
    if draft.status == SentenceStatus.NOT_HEARD:
        return SentenceTime(None, None, round(draft.share, 3), SentenceStatus.NOT_HEARD)
    start = int(draft.start)
    end = max(int(draft.end), start + 1)
    words: list[WordTime] = []
    earliest = start
    for number, (word, begin, finish, share) in enumerate(draft.words):
        begin_ms = min(max(int(begin), earliest), end)
        following = draft.words[number + 1][1] if number + 1 < len(draft.words) else float(end)
        if following - finish < _HELD_MS or finish > following:
            finish = following
        end_ms = min(max(int(finish), begin_ms), end)
        words.append(WordTime(word.written, begin_ms, end_ms, round(share, 3)))
        earliest = begin_ms
    return SentenceTime(start, end, round(draft.share, 3), draft.status, tuple(words))
