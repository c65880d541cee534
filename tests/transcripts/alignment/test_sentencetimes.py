"""Words that were heard make sentences with times, a confidence and a status."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.alignment import SentenceStatus
from transcripts.alignment.indistinct import with_indistinct
from transcripts.alignment.placing import PlacedWord, place_words
from transcripts.alignment.recogniser import HeardSounds
from transcripts.alignment.sentencetimes import sentence_times
from transcripts.alignment.soundtext import sound_text

OK, CHECK, NOT_HEARD = SentenceStatus.OK, SentenceStatus.CHECK, SentenceStatus.NOT_HEARD
SOUND = 100  # ms between heard sounds in these tests


def text_of(*sentences):
    """A sound for every letter."""
    return sound_text(sentences, lambda word: [ord(letter) % 40 for letter in word])


def heard(count, *, gaps=None):
    """So many sounds, one every SOUND ms, later ones moved by gaps {sound: ms}."""
    starts = np.arange(count) * SOUND + 1000
    for sound, gap_ms in (gaps or {}).items():
        starts[sound:] += gap_ms
    return HeardSounds(
        starts, starts + 60, np.ones((count, 40), np.float32) / 40, np.ones(count, np.float32), np.zeros(0), 60_000
    )


def times_of(text, paired, sounds, pins=None):
    paired = np.asarray(paired)
    placed = place_words(text, paired, np.where(paired >= 0, 1.0, 0.0).astype(np.float32), sounds)
    return sentence_times(text, placed, sounds.audio_ms, pins or [None] * len(text.sentence_words))


def test_a_sentence_begins_a_little_before_its_first_sound_is_noticed():
    times = times_of(text_of("hello there"), range(10), heard(10))

    assert (times[0].start_ms, times[0].status, times[0].confidence) == (930, OK, 1.0)
    assert [(word.text, word.start_ms) for word in times[0].words] == [("hello", 930), ("there", 1430)]


def test_words_that_were_not_heard_share_the_time_between_their_neighbours():
    times = times_of(text_of("hello dear good friend"), [0, 1, 2, 3, 4, *[-1] * 8, *range(13, 19)], heard(19))

    starts = [word.start_ms for word in times[0].words]
    assert [word.confidence for word in times[0].words] == [1.0, 0.0, 0.0, 1.0]
    assert starts[2] - starts[1] == pytest.approx(starts[3] - starts[2], abs=10)


def test_a_sentence_whose_first_word_was_not_heard_is_to_be_checked():
    times = times_of(text_of("yes certainly wonderful"), [-1, -1, -1, *range(18)], heard(18))

    assert times[0].status == CHECK
    assert times[0].start_ms == 1000 - 70 - 3 * 75


def test_a_sentence_of_which_little_was_heard_has_no_times():
    times = times_of(text_of("certainly wonderful", "one two three"), [*[-1] * 12, *range(6), *range(6, 17)], heard(17))

    assert (times[0].status, times[0].start_ms, times[0].words) == (NOT_HEARD, None, ())
    assert times[1].status == OK


def test_a_word_whose_first_sound_was_missed_begins_before_the_sound_that_was_heard():
    times = times_of(text_of("hello there"), [-1, *range(9)], heard(9))

    assert times[0].start_ms == 1000 - 70 - 75


def test_few_pairs_far_from_all_others_are_taken_for_chance():
    paired = [*range(20), *range(60, 65)]

    times = times_of(text_of("abcdefghij klmnopqrst", "yesno"), paired, heard(80))

    assert [time.status for time in times] == [OK, NOT_HEARD]


def test_first_words_torn_off_by_a_jingle_do_not_draw_the_sentence_forward():
    times = times_of(text_of("hello oh wonderfulfriendsofours"), range(29), heard(29, gaps={7: 20_000}))

    assert times[0].start_ms > 20_000
    assert times[0].status == CHECK


def test_a_long_hole_inside_a_sentence_is_to_be_checked():
    times = times_of(text_of("hello there wonderful friends"), range(26), heard(26, gaps={10: 5000}))

    assert times[0].status == CHECK


def test_a_short_sentence_is_only_sure_when_all_of_it_was_heard():
    text = text_of("wonderful friends", "yesno")

    sure = times_of(text, range(21), heard(21))
    doubtful = times_of(text, [*range(16), 16, 17, 18, 19, -1], heard(21))

    assert [time.status for time in sure] == [OK, OK]
    assert [time.status for time in doubtful] == [OK, CHECK]


@given(
    st.lists(st.tuples(st.integers(-1, 59), st.booleans()), min_size=30, max_size=30),
    st.lists(st.none() | st.integers(0, 200), min_size=6, max_size=6),
)
def test_times_are_in_order_whatever_was_heard(luck, gaps):
    text = text_of("one two", "three four", "a", "five six", "seven", "eight nine ten")
    paired, last = np.full(len(text.sounds), -1), -1
    for place, (sound, is_heard) in enumerate(luck):
        if is_heard and last < sound and place < len(paired):
            paired[place] = last = sound
    pins, low = [None] * 6, 0
    for number, gap in enumerate(gaps):
        if gap is not None:
            low = pins[number] = low + 6 + gap

    times = times_of(text, paired, heard(60), pins)

    timed = [time for time in times if time.start_ms is not None]
    assert all(0 <= time.start_ms < time.end_ms for time in timed)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(timed))
    assert all(time.start_ms == pin for time, pin in zip(times, pins, strict=True) if pin is not None)
    for time in timed:
        assert all(time.start_ms <= word.start_ms <= word.end_ms <= time.end_ms for word in time.words)
        assert all(a.end_ms <= b.start_ms for a, b in pairwise(time.words))


def mumbled(share, sounds_between):
    """Times of three sentences, the middle one not heard, with so many sounds between its neighbours."""
    text = text_of("hello there friends", "abcdefghij klmnopqrst", "hello again friends")
    first, last = 17, 17 + sounds_between
    sounds = heard(last + 17)
    paired = np.concatenate([np.arange(first), np.full(20, -1), np.arange(last, last + 17)])
    placed = place_words(text, paired, (paired >= 0).astype(np.float32), sounds)
    if share:
        placed[3] = PlacedWord(3000, 3400, 0.5, int(share * 20))
    return with_indistinct(sentence_times(text, placed, 60_000, [None] * 3), text, sounds)[1]


def test_a_mumbled_sentence_that_fills_its_place_is_to_be_checked_there():
    time = mumbled(0.3, 20)

    assert (time.status, time.words) == (CHECK, ())
    assert 1000 + 16 * SOUND < time.start_ms < time.end_ms <= 1000 + 37 * SOUND


@pytest.mark.parametrize(("share", "sounds_between"), [(0.3, 2), (0.3, 90), (0.0, 20)])
def test_a_sentence_that_does_not_fill_its_place_or_of_which_nothing_was_understood_is_not_heard(share, sounds_between):
    assert mumbled(share, sounds_between).status == NOT_HEARD
