"""Starts set by hand, and stamps of the file, among the times that were found."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from transcripts.alignment.contract import SentenceStatus, SentenceTime

# How far a sentence may be from where its stamp and those of its neighbours say, before somebody should look.
_LARGEST_CONTRADICTION_MS = 5000
# Neighbours on each side that are asked; stamps may all be late by a jingle that came later.
_NEIGHBOURS = 4
_FEWEST_STAMPS = 5


def in_order(pinned: Sequence[int | None], end_ms: int) -> list[int | None]:
    """The pins without those after end_ms, and without the fewest that have to go so that the rest increase.

    Every sentence between two pins, and before the first, has a millisecond at least.
    """
    tails: list[int] = []
    tail_places: list[int] = []
    before: dict[int, int] = {}
    for place, pin in enumerate(pinned):
        if pin is None or pin < place or pin > end_ms - (len(pinned) - place):
            continue
        # With a millisecond taken off for each sentence before, "room enough" is "does not decrease".
        at = bisect_right(tails, pin - place)
        if at > 0:
            before[place] = tail_places[at - 1]
        tails[at : at + 1] = [pin - place]
        tail_places[at : at + 1] = [place]
    kept: list[int | None] = [None] * len(pinned)
    place = tail_places[-1] if tail_places else -1
    while place >= 0:
        kept[place] = pinned[place]
        place = before.get(place, -1)
    return kept


def checked_against_hints(times: Sequence[SentenceTime], hints: Sequence[int | None]) -> list[SentenceTime]:
    """Sure sentences become doubtful where their stamp says another time, and the stamps around it do not."""
    stamped = [
        (number, time.start_ms - hint)
        for number, (time, hint) in enumerate(zip(times, hints, strict=True))
        if hint is not None and time.start_ms is not None
    ]
    checked = list(times)
    if len(stamped) < _FEWEST_STAMPS:
        return checked
    shifts = [shift for _, shift in stamped]
    for place, (number, shift) in enumerate(stamped):
        usual = median(shifts[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1])
        if abs(shift - usual) > _LARGEST_CONTRADICTION_MS and times[number].status == SentenceStatus.OK:
            checked[number] = replace(times[number], status=SentenceStatus.CHECK)
    return checked
