"""Sentences are found where they are spoken, and what is not spoken gets no time."""

from itertools import pairwise

import numpy as np
import pytest

from tests.transcripts.alignment import recordings
from transcripts.alignment import AlignmentError, SentenceIn, SentenceStatus, align, recogniser, sound

needs_recogniser = pytest.mark.skipif(not recogniser.is_available(), reason="hama is not installed")
UNSPOKEN = "Seventeen purple elephants quickly jumped over the frozen waterfall near Budapest."


def sentences_of(recording):
    return [SentenceIn(text) for text in recording.texts]


def errors_s(result, recording):
    """How far each sentence that is in the audio was found from where it begins; one without a time counts as far."""
    return np.array(
        [
            1000.0 if time.start_ms is None else abs(time.start_ms / 1000 - start)
            for time, start in zip(result.sentences, recording.starts_s, strict=True)
            if start is not None
        ]
    )


def assert_in_order(result):
    timed = [time for time in result.sentences if time.start_ms is not None]
    for time in timed:
        assert 0 <= time.start_ms < time.end_ms <= result.audio_ms
        for word in time.words:
            assert time.start_ms <= word.start_ms <= word.end_ms <= time.end_ms
        assert all(a.start_ms <= b.start_ms and a.end_ms <= b.start_ms for a, b in pairwise(time.words))
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(timed))


@pytest.fixture(scope="module")
def kennedy():
    return recordings.load("jfk")


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """Thirty seconds of jingle, a sentence cut from the audio, one missing in the text, one word in ten wrong."""
    austen, kennedy = recordings.load("austen"), recordings.load("jfk")
    whole = recordings.after(30, recordings.joined(austen, kennedy))
    without = recordings.without_text(recordings.cut_out(whole, 1, 2), 3, 4)
    wrong = recordings.with_wrong_words(without, 0.1)
    path = wrong.write(tmp_path_factory.mktemp("hard") / "hard.wav")
    return wrong, align(path, sentences_of(wrong), "en")


@needs_recogniser
def test_an_old_speech_is_timed_sentence_by_sentence_without_looking_at_pauses(kennedy):
    result = align(recordings.path_of("jfk"), sentences_of(kennedy), "en-US", snap=False)

    assert result.method == "recognised"
    assert [time.status for time in result.sentences] == [SentenceStatus.OK] * 4
    assert errors_s(result, kennedy).max() < 0.1
    assert [[word.text for word in time.words] for time in result.sentences] == [text.split() for text in kennedy.texts]
    assert_in_order(result)


@needs_recogniser
def test_words_are_timed_where_they_are_said(kennedy):
    result = align(recordings.path_of("jfk"), [SentenceIn(" ".join(kennedy.texts))], "en")

    by_text = {word.text: word.start_ms for word in result.sentences[0].words}
    assert by_text["not"] == pytest.approx(4050, abs=200)
    assert by_text["country"] == pytest.approx(5950, abs=200)
    assert by_text["country."] == pytest.approx(9900, abs=300)


@needs_recogniser
def test_sentences_are_found_behind_a_jingle_with_wrong_words_and_missing_passages(hard):
    recording, result = hard

    assert np.median(errors_s(result, recording)) < 0.3
    assert errors_s(result, recording).max() < 1.0
    assert_in_order(result)


@needs_recogniser
def test_what_was_cut_from_the_audio_is_not_heard_and_gets_no_times(hard):
    recording, result = hard

    absent = [time for time, start in zip(result.sentences, recording.starts_s, strict=True) if start is None]
    assert [(time.status, time.start_ms, time.end_ms, time.words) for time in absent] == [
        (SentenceStatus.NOT_HEARD, None, None, ())
    ]


@needs_recogniser
def test_speech_that_is_not_in_the_text_is_listed_and_music_is_not(hard):
    _, result = hard

    [(start_ms, end_ms)] = result.unmatched_speech
    assert start_ms > 30_000
    assert 4_000 < end_ms - start_ms < 8_000


@needs_recogniser
def test_a_text_that_is_not_spoken_at_all_is_not_heard():
    result = align(recordings.path_of("jfk"), [SentenceIn(UNSPOKEN)] * 3, "en")

    assert {time.status for time in result.sentences} == {SentenceStatus.NOT_HEARD}


@needs_recogniser
def test_a_start_set_by_hand_is_kept_and_keeps_its_neighbours_in_their_places(kennedy):
    sentences = [
        SentenceIn(text, pinned_start_ms=5333 if number == 2 else None) for number, text in enumerate(kennedy.texts)
    ]

    result = align(recordings.path_of("jfk"), sentences, "en")

    assert result.sentences[2].start_ms == 5333
    assert errors_s(result, kennedy).max() < 0.15
    assert_in_order(result)


@needs_recogniser
def test_a_pin_far_from_where_the_sentence_was_heard_wins(kennedy):
    sentences = [
        SentenceIn(text, pinned_start_ms=9000 if number == 1 else None) for number, text in enumerate(kennedy.texts)
    ]

    result = align(recordings.path_of("jfk"), sentences, "en")

    assert result.sentences[1].start_ms == 9000
    assert result.sentences[1].status == SentenceStatus.OK
    assert_in_order(result)


@needs_recogniser
@pytest.mark.parametrize("copy", [0, 1])
def test_of_words_said_twice_those_after_the_pin_are_meant(kennedy, tmp_path, copy):
    twice = recordings.joined(kennedy, kennedy)
    path = twice.write(tmp_path / "twice.wav")
    wanted = twice.starts_s[4 * copy : 4 * copy + 4]
    sentences = [SentenceIn(text) for text in kennedy.texts]
    sentences[0] = SentenceIn(kennedy.texts[0], pinned_start_ms=round(wanted[0] * 1000))
    if copy == 0:
        sentences[3] = SentenceIn(kennedy.texts[3], pinned_start_ms=round(wanted[3] * 1000))

    result = align(path, sentences, "en")

    assert [time.start_ms / 1000 for time in result.sentences] == pytest.approx(wanted, abs=0.15)


@needs_recogniser
def test_a_very_quiet_recording_is_heard_too(kennedy, tmp_path):
    path = recordings.write_wav(tmp_path / "quiet.wav", kennedy.samples * 0.01)

    result = align(path, sentences_of(kennedy), "en", snap=False)

    assert errors_s(result, kennedy).max() < 0.1


@needs_recogniser
def test_silence_is_not_heard_as_anything(tmp_path):
    path = recordings.write_wav(tmp_path / "silence.wav", np.zeros(20 * sound.SAMPLE_RATE, np.float32))

    result = align(path, [SentenceIn("Is anybody here?")], "en")

    assert [time.status for time in result.sentences] == [SentenceStatus.NOT_HEARD]
    assert (result.unmatched_speech, result.audio_ms) == ((), 20_000)


@needs_recogniser
def test_progress_grows_to_one_and_pronunciations_are_kept(kennedy):
    told: list[float] = []
    cache: dict[str, str] = {}

    align(recordings.path_of("jfk"), sentences_of(kennedy), "en", progress=told.append, g2p_cache=cache)

    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert cache["hama1.7:country"] == "k ʌ n t ɹ i"


@needs_recogniser
def test_what_progress_raises_stops_the_work_at_once(kennedy):
    told: list[float] = []

    def cancel(share):
        told.append(share)
        if share > 0:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        align(recordings.path_of("jfk"), sentences_of(kennedy), "en", progress=cancel)

    assert len(told) == 2


@needs_recogniser
def test_another_language_is_estimated_between_what_was_heard(kennedy):
    result = align(recordings.path_of("jfk"), sentences_of(kennedy), "sv")

    assert result.method == "estimated"
    assert {time.status for time in result.sentences} == {SentenceStatus.ESTIMATED}
    assert {(time.confidence, time.words) for time in result.sentences} == {(None, ())}
    assert errors_s(result, kennedy).max() < 1.0
    assert_in_order(result)


def test_without_the_recogniser_times_are_estimated(kennedy, monkeypatch):
    monkeypatch.setattr(recogniser, "is_available", lambda: False)

    result = align(recordings.path_of("jfk"), sentences_of(kennedy), "en")

    assert (result.method, result.unmatched_speech) == ("estimated", ())
    assert {time.status for time in result.sentences} == {SentenceStatus.ESTIMATED}
    assert errors_s(result, kennedy).max() < 3.0
    assert_in_order(result)


@needs_recogniser
@pytest.mark.parametrize("texts", [[], [""], ["[music]", "https://example.org"]])
def test_a_text_in_which_nothing_is_said_has_no_times(texts):
    result = align(recordings.path_of("jfk"), [SentenceIn(text) for text in texts], "en")

    assert [time.status for time in result.sentences] == [SentenceStatus.NOT_HEARD] * len(texts)
    assert len(result.unmatched_speech) == 1


def test_a_file_that_is_not_audio_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "episode.mp3"
    path.write_bytes(b"This is no audio. " * 500)

    with pytest.raises(AlignmentError, match="Upload the episode's audio again"):
        align(path, [SentenceIn("Hello.")], "en")


@needs_recogniser
def test_a_reader_of_four_minutes_meets_the_goals():
    recording = recordings.load("ljspeech")

    result = align(recordings.path_of("ljspeech"), sentences_of(recording), "en", snap=False)

    errors = errors_s(result, recording)
    assert np.median(errors) <= 0.1
    assert np.mean(errors <= 0.5) >= 0.95
    assert np.mean(errors <= 1.0) >= 0.98
    assert np.mean([time.status == SentenceStatus.OK for time in result.sentences]) >= 0.9
