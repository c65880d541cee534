"""Listeners' suggestions."""

import pytest
from django.core.cache import cache

from tests.factories import make_draft, make_episode
from transcripts import corrections
from transcripts.corrections import CorrectionError, accept, reject, suggest
from transcripts.ingest import ingest_transcript
from transcripts.models import Correction, Revision, Segment


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def transcript(show):
    return ingest_transcript(make_episode(show), b"Ann  0:01\nHelo there. We begin. Helo there.\n").transcript


def test_a_suggestion_waits_and_nothing_about_the_listener_is_kept(transcript):
    suggest(transcript.pk, 0, "Helo there.", " Hello\nthere. ", sender="203.0.113.7")

    found = Correction.objects.waiting().get()
    assert (found.position, found.original, found.suggestion, found.start_ms) == (
        0,
        "Helo there.",
        "Hello there.",
        1000,
    )
    assert "203.0.113.7" not in str(vars(found))
    assert Segment.objects.get(position=0).text == "Helo there."


@pytest.mark.parametrize(
    ("position", "original", "suggestion", "words"),
    [
        (0, "Helo there.", "", "Write how"),
        (0, "Helo there.", "\x00 ", "Write how"),
        (0, "Helo there.", "x" * 2001, "at most 2000"),
        (0, "Helo there.", "Helo there.", "the same"),
        (0, "Other words.", "Hello.", "just been changed"),
        (9, "Helo there.", "Hello.", "not there any more"),
    ],
)
def test_a_suggestion_that_says_nothing_is_refused_with_a_sentence(transcript, position, original, suggestion, words):
    with pytest.raises(CorrectionError, match=words):
        suggest(transcript.pk, position, original, suggestion)


def test_words_of_a_draft_cannot_be_asked_about(show):
    transcript = ingest_transcript(make_draft(show), b"Secret.\n").transcript

    with pytest.raises(CorrectionError, match="not there any more"):
        suggest(transcript.pk, 0, "Secret.", "Secrets.")


def test_the_same_suggestion_waits_once(transcript):
    for _ in range(2):
        suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    assert Correction.objects.count() == 1


def test_one_sender_and_one_episode_have_a_limit(transcript, monkeypatch):
    monkeypatch.setattr(corrections, "MOST_AN_HOUR", 2)
    for n in range(2):
        suggest(transcript.pk, 0, "Helo there.", f"Hello {n}.", sender="203.0.113.7")

    with pytest.raises(CorrectionError, match="in an hour"):
        suggest(transcript.pk, 0, "Helo there.", "Hello 3.", sender="203.0.113.7")
    suggest(transcript.pk, 0, "Helo there.", "Hello 4.", sender="203.0.113.8")

    monkeypatch.setattr(corrections, "MOST_WAITING", 3)
    with pytest.raises(CorrectionError, match="some days"):
        suggest(transcript.pk, 0, "Helo there.", "Hello 5.")


def test_an_accepted_suggestion_is_a_revision(transcript, admin_user):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    accept(correction, admin_user)

    correction.refresh_from_db()
    assert Segment.objects.get(position=0).text == "Hello there."
    assert (correction.state, correction.decided_by, Revision.objects.first().note) == (
        "accepted",
        admin_user,
        "A listener's correction",
    )


def test_a_producer_may_word_it_otherwise(transcript, admin_user):
    accept(suggest(transcript.pk, 0, "Helo there.", "Hello you."), admin_user, text="Hello there.")

    assert Segment.objects.get(position=0).text == "Hello there."


def test_a_sentence_that_moved_is_still_found(transcript, admin_user):
    correction = suggest(transcript.pk, 1, "We begin.", "We began.")
    Segment.objects.filter(position=0).delete()
    Segment.objects.filter(position=1).update(position=0)

    accept(correction, admin_user)

    assert Segment.objects.get(position=0).text == "We began."


def test_a_sentence_changed_meanwhile_is_not_overwritten(transcript, admin_user):
    correction = suggest(transcript.pk, 1, "We begin.", "We began.")
    Segment.objects.filter(position=1).update(text="We have begun.")

    with pytest.raises(CorrectionError, match="changed since"):
        accept(correction, admin_user)

    assert Correction.objects.waiting().count() == 1


def test_a_rejected_suggestion_changes_nothing_and_is_decided_once(transcript, admin_user):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")
    reject(correction, admin_user)

    with pytest.raises(CorrectionError, match="already"):
        accept(correction, admin_user)
    assert Segment.objects.get(position=0).text == "Helo there."


def test_a_suggestion_as_long_as_allowed_is_taken(transcript):
    assert suggest(transcript.pk, 0, "Helo there.", "x" * 2000).suggestion == "x" * 2000


@pytest.mark.parametrize("text", ["   ", "\n", "\x00"])
def test_an_emptied_field_takes_the_suggestion_and_deletes_nothing(transcript, admin_user, text):
    accept(suggest(transcript.pk, 0, "Helo there.", "Hello there."), admin_user, text=text)

    assert [one.text for one in transcript.segments.order_by("position")] == [
        "Hello there.",
        "We begin.",
        "Helo there.",
    ]


def test_a_line_break_in_the_producers_wording_splits_no_sentence(transcript, admin_user):
    accept(suggest(transcript.pk, 0, "Helo there.", "Hello."), admin_user, text="Hello\nthere.")

    assert transcript.segments.count() == 3
    assert Segment.objects.get(position=0).text == "Hello there."


def test_a_wording_that_cannot_be_stored_is_refused_in_a_sentence(transcript, admin_user):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    with pytest.raises(CorrectionError, match="at most 5000 characters"):
        accept(correction, admin_user, text="x" * 5001)

    assert list(Correction.objects.waiting()) == [correction]


def test_a_suggestion_is_not_called_accepted_when_an_editor_was_faster_by_a_moment(transcript, admin_user, monkeypatch):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")
    find = corrections._sentence

    def find_and_lose(held):
        found = find(held)
        Segment.objects.filter(pk=found.pk).update(text="Hello you.")
        return found

    monkeypatch.setattr(corrections, "_sentence", find_and_lose)

    with pytest.raises(CorrectionError, match="changed since"):
        accept(correction, admin_user)

    assert Correction.objects.get().state == "waiting"
