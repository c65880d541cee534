"""Speech that is not in the text is listed; music, pauses and short asides are not."""

import numpy as np
import pytest

from transcripts.alignment import SentenceStatus, SentenceTime
from transcripts.alignment.recogniser import HeardSounds
from transcripts.alignment.unmatched import unmatched_speech


def heard(first_ms, end_ms, each_ms):
    starts = np.arange(first_ms, end_ms, each_ms)
    count = len(starts)
    return HeardSounds(starts, starts + 60, np.ones((count, 40)), np.ones(count), np.zeros(0), 60_000)


def spoken(*times):
    return [SentenceTime(start, end, 1.0, SentenceStatus.OK) for start, end in times]


def test_speech_between_two_sentences_is_listed():
    found = unmatched_speech(heard(0, 30_000, 100), spoken((0, 10_000), (20_000, 30_000)))

    assert found == ((10_000, 19_960),)


def test_speech_before_the_first_and_after_the_last_sentence_is_listed():
    found = unmatched_speech(heard(0, 60_000, 100), spoken((10_000, 50_000)))

    assert found == ((0, 9_960), (50_000, 59_960))


@pytest.mark.parametrize(
    ("sounds", "sentences"),
    [
        (heard(0, 30_000, 400), [(20_000, 30_000)]),
        (heard(0, 30_000, 100), [(4_000, 30_000)]),
        (heard(20_000, 30_000, 100), [(20_000, 30_000)]),
    ],
    ids=["music", "an aside", "silence"],
)
def test_other_stretches_are_not(sounds, sentences):
    assert unmatched_speech(sounds, spoken(*sentences)) == ()
