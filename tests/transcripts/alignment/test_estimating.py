"""Estimates keep to stamps and pins, to the time somebody speaks, and to the order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.alignment import SentenceIn, SentenceStatus
from transcripts.alignment.estimating import spread

SECOND = 100  # steps of loudness


def loudness(*stretches):
    """(seconds, is_voice) one after another."""
    return np.concatenate([np.full(int(seconds * SECOND), -20.0 if voice else -70.0) for seconds, voice in stretches])


def starts(sentences, levels):
    return [time.start_ms for time in spread(sentences, levels, len(levels) * 10)]


def test_sentences_begin_where_a_voice_sets_in_after_a_pause():
    levels = loudness((2, False), (3, True), (1, False), (3, True), (1, False))

    found = starts(
        [SentenceIn("Thirty letters are written here"), SentenceIn("Thirty letters are written then")], levels
    )

    assert found == [2000, 6000]


def test_stamps_stand_and_sentences_between_share_by_letters():
    levels = loudness((40, True))
    sentences = [
        SentenceIn("aaaa aaaa", hint_start_ms=10_000),
        SentenceIn("aaaa aaaa"),
        SentenceIn("aaaa", hint_start_ms=20_000),
    ]

    assert starts(sentences, levels) == [10_000, 15_000, 20_000]


def test_a_pin_wins_over_stamps_that_contradict_it():
    levels = loudness((40, True))
    sentences = [
        SentenceIn("one", hint_start_ms=1000),
        SentenceIn("two", hint_start_ms=30_000),
        SentenceIn("three", pinned_start_ms=12_345),
    ]

    found = starts(sentences, levels)

    assert found[2] == 12_345
    assert 1000 < found[1] < 12_345


def test_music_after_the_last_word_is_not_filled_with_it():
    levels = loudness((600, True))

    times = spread([SentenceIn("A word or two.", hint_start_ms=5000)], levels, 600_000)

    assert times[0].end_ms < 30_000


def test_stamps_beyond_the_audio_are_not_believed():
    levels = loudness((10, True))

    found = spread([SentenceIn("one"), SentenceIn("two", hint_start_ms=99_000)], levels, 10_000)

    assert found[1].start_ms < 10_000


sentence = st.builds(
    SentenceIn,
    st.text(max_size=12),
    st.none() | st.integers(0, 30_000),
    st.none() | st.integers(0, 19_999),
)


@given(st.lists(sentence, max_size=12), st.lists(st.tuples(st.floats(0.1, 4), st.booleans()), min_size=1, max_size=6))
def test_estimates_are_in_order_whatever_is_known(sentences, stretches):
    levels = np.append(loudness(*stretches), np.full(2000, -70.0))

    times = spread(sentences, levels, len(levels) * 10)

    assert [time.status for time in times] == [SentenceStatus.ESTIMATED] * len(sentences)
    assert all(0 <= time.start_ms < time.end_ms for time in times)
    assert all(a.end_ms <= b.start_ms and a.start_ms < b.start_ms for a, b in pairwise(times))


def test_an_hour_without_any_sound_still_gives_every_sentence_a_time():
    times = spread([SentenceIn("one"), SentenceIn("two")], np.full(1000, -100.0), 10_000)

    assert [time.start_ms for time in times] == pytest.approx([0, 5000], abs=5000)
