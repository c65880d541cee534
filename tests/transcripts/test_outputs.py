"""What listeners and apps get of a stored transcript."""

import json

import pytest
import webvtt

from episodes.models import Speaker
from tests.factories import make_appearance, make_draft, make_episode, make_speaker
from transcripts.ingest import ingest_transcript
from transcripts.models import Segment, Transcript
from transcripts.outputs import CONTENT_TYPES, write
from transcripts.queries import available, reading_view, transcript_of
from transcripts.search.query import search
from transcripts.search.results import SearchQuery

TALK = (
    b"Ann Lee  0:10\nHello there. See https://a.example/x.\n\nNew paragraph.\n\nBo  0:30\nYes.\n\nAnn Lee  0:40\nBye.\n"
)


@pytest.fixture
def episode(show):
    episode = make_episode(show, duration_ms=60_000)
    make_appearance(episode, make_speaker(name="Ann Lee", slug="ann"))
    return episode


@pytest.fixture
def transcript(episode):
    return ingest_transcript(episode, TALK).transcript


def test_a_page_gets_turns_paragraphs_and_sentences(transcript):
    view = reading_view(transcript)

    assert [(turn.name, turn.speaker_slug, turn.start_ms, len(turn.paragraphs)) for turn in view.turns] == [
        ("Ann Lee", "ann", 10_000, 2),
        ("Bo", "", 30_000, 1),
        ("Ann Lee", "ann", 40_000, 1),
    ]
    first = view.turns[0].sentences[1]
    assert (first.anchor, first.start_seconds, first.status) == ("s1", first.start_ms // 1000, "estimated")
    assert first.pieces == [("See ", ""), ("https://a.example/x", "https://a.example/x"), (".", "")]
    assert view.has_times is True


def test_a_page_takes_one_query_however_long_the_talk(transcript, django_assert_num_queries):
    with django_assert_num_queries(1):
        reading_view(transcript)


@pytest.mark.parametrize("format", CONTENT_TYPES)
def test_every_format_holds_every_sentence(transcript, format):
    written = write(transcript, format).decode()

    for words in ("Hello there.", "New paragraph.", "Yes.", "Bye.", "Ann Lee", "Bo"):
        assert words in written


@pytest.mark.parametrize("format", CONTENT_TYPES)
def test_a_hidden_speakers_name_is_gone_from_every_format_at_once_and_comes_back(transcript, format):
    speaker = transcript.voices.get(label="Ann Lee").speaker
    speaker.hidden = True
    speaker.save()
    hidden = write(transcript, format).decode()
    speaker.hidden = False
    speaker.save()

    assert "Ann" not in hidden
    assert "Hello there." in hidden
    assert "Ann Lee" in write(transcript, format).decode()


@pytest.mark.parametrize("format", CONTENT_TYPES)
def test_a_label_that_is_a_hidden_persons_name_is_gone_too_though_it_was_never_matched(transcript, format):
    transcript.voices.filter(label="Ann Lee").update(speaker=None)
    Speaker.objects.filter(name="Ann Lee").update(name="ann lee", hidden=True)

    assert "Ann" not in write(transcript, format).decode()
    assert search(SearchQuery("hello")).hits[0].passages[0].speaker_name == ""


@pytest.mark.parametrize("format", CONTENT_TYPES)
def test_a_hidden_speaker_is_not_named_either_where_the_label_is_another(transcript, format):
    transcript.voices.filter(label="Ann Lee").update(label="Speaker 1")
    named = write(transcript, format).decode()
    Speaker.objects.filter(name="Ann Lee").update(hidden=True)

    hidden = write(transcript, format).decode()

    assert ("Ann Lee" in named, "Ann" in hidden, "Speaker 1" in hidden) == (True, False, False)


def test_a_hidden_speaker_is_nobody_on_the_page(transcript):
    speaker = transcript.voices.get(label="Ann Lee").speaker
    speaker.hidden = True
    speaker.save()

    assert [(turn.name, turn.speaker_id) for turn in reading_view(transcript).turns] == [
        ("", None),
        ("Bo", None),
        ("", None),
    ]


def test_a_sentence_that_was_not_heard_is_read_but_has_no_cue(transcript):
    Segment.objects.filter(text="Yes.").update(start_ms=None, end_ms=None, status="not_heard")

    cues = "".join(cue.text for cue in webvtt.from_string(write(transcript, "vtt").decode()))
    assert "Yes." not in cues
    assert "Yes." in write(transcript, "txt").decode()


def test_word_times_cut_the_captions(transcript):
    Segment.objects.filter(text="Yes.").update(
        text="One two.",
        start_ms=30_000,
        end_ms=39_000,
        words=[["One", 30_000, 30_500, 0.9], ["two.", 38_000, 39_000, 0.8]],
    )

    cues = [c for c in webvtt.from_string(write(transcript, "vtt").decode()) if "one" in c.text or "two" in c.text]
    assert [(cue.start, cue.end) for cue in cues if cue.voice == "Bo"] == [("00:00:38.000", "00:00:39.000")]


def test_an_untimed_transcript_is_offered_as_text_only(show):
    episode = make_draft(show)
    transcript = ingest_transcript(episode, b"Just words.\n").transcript

    assert available([episode.pk])[episode.pk][0].formats == ("html", "txt")
    assert json.loads(write(transcript, "json"))["segments"] == []


def test_what_is_available_is_asked_once_for_many_episodes(show, django_assert_num_queries):
    ids = []
    for _ in range(3):
        episode = make_episode(show)
        ingest_transcript(episode, b"Hej.\n", language="sv")
        ingest_transcript(episode, TALK)
        ids.append(episode.pk)

    with django_assert_num_queries(1):
        found = available(ids)

    assert {key: [choice.language for choice in choices] for key, choices in found.items()} == {
        pk: ["en", "sv"] for pk in ids
    }


def test_a_transcript_that_is_not_shown_is_not_there(episode, transcript):
    Transcript.objects.update(state="hidden")

    assert (transcript_of(episode), available([episode.pk])) == (None, {})


def test_a_transcript_of_a_draft_is_not_public(show):
    transcript = ingest_transcript(make_draft(show), b"Secret.\n").transcript

    assert Transcript.objects.shown().get() == transcript
    assert Transcript.objects.public().count() == 0
