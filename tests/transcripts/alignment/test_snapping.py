"""A start moves to where the voice sets in, where that can be told."""

import numpy as np
import pytest

from transcripts.alignment.snapping import onset_near


def loudness(*stretches):
    """(steps of 10 ms, dB) one after another."""
    return np.concatenate([np.full(steps, level, np.float32) for steps, level in stretches])


PAUSE_UNTIL_2000_MS = loudness((150, -20), (50, -60), (200, -20))


@pytest.mark.parametrize("start_ms", [1900, 2000, 2300])
def test_a_start_near_the_end_of_a_pause_moves_there(start_ms):
    assert onset_near(start_ms, PAUSE_UNTIL_2000_MS) == pytest.approx(2000, abs=20)


@pytest.mark.parametrize("start_ms", [1800, 2500])
def test_a_start_farther_away_stays(start_ms):
    assert onset_near(start_ms, PAUSE_UNTIL_2000_MS) is None


def test_a_gap_as_short_as_a_consonant_is_no_pause():
    assert onset_near(1550, loudness((150, -20), (6, -60), (200, -20))) is None


def test_in_noise_no_start_moves():
    assert onset_near(2000, loudness((150, -20), (50, -30), (200, -20))) is None


def test_the_first_and_the_last_moment_do_not_fail():
    levels = loudness((5, -60), (120, -20))

    assert [onset_near(start_ms, levels) for start_ms in (0, 1249, 5000)] == [None, None, None]
