"""Pins that can all stand are kept; stamps that contradict the audio ask for a look."""

import pytest

from transcripts.alignment import SentenceStatus, SentenceTime
from transcripts.alignment.pins import checked_against_hints, in_order


@pytest.mark.parametrize(
    ("pinned", "kept"),
    [
        ([], []),
        ([None, 5, None, 9], [None, 5, None, 9]),
        ([90, 10, 20, 30], [None, 10, 20, 30]),
        ([10, 90, 20, 30], [10, None, 20, 30]),
        ([40, 40], [None, 40]),
        ([None, None, 1, 50], [None, None, None, 50]),
        ([10, None, None, 12, 80], [None, None, None, 12, 80]),
        ([10, 100], [10, None]),
    ],
)
def test_the_fewest_pins_give_way_so_that_the_rest_increase(pinned, kept):
    assert in_order(pinned, 100) == kept


def times_at(*starts):
    return [SentenceTime(start, start + 900, 0.9, SentenceStatus.OK) for start in starts]


def test_stamps_that_are_all_late_by_the_same_jingle_contradict_nothing():
    times = times_at(*range(30_000, 50_000, 2000))

    assert checked_against_hints(times, [time.start_ms - 30_000 for time in times]) == times


def test_a_sentence_far_from_its_stamp_when_its_neighbours_are_not_is_to_be_checked():
    times = times_at(0, 2000, 4000, 6000, 8000, 30_000, 32_000)

    checked = checked_against_hints(times, [0, 2000, 4000, 6000, 8000, 10_000, 32_000])

    assert [time.status for time in checked].index(SentenceStatus.CHECK) == 5
    assert sum(time.status == SentenceStatus.CHECK for time in checked) == 1


def test_too_few_stamps_prove_nothing():
    times = times_at(0, 50_000)

    assert checked_against_hints(times, [0, 2000]) == times
