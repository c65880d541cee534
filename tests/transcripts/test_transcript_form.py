"""The facts of a transcript at the desk, in its own form and in the episode's."""

import pytest

from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.factories import make_episode
from tests.transcripts.test_admin import messages_of, page, upload
from transcripts.admin.episode_inline import InlineTranscriptForm
from transcripts.ingest import ingest_transcript
from transcripts.models import AlignmentRun, Transcript

TALK = b"Ann  0:05\nHelo there. We begin.\n\nBo  0:30\nYes.\n"


@pytest.fixture
def episode(show):
    return make_episode(show, duration_ms=60_000)


@pytest.fixture
def transcript(episode):
    return ingest_transcript(episode, TALK, "talk.txt").transcript


def test_who_saves_an_old_form_does_not_show_again_what_another_has_hidden(admin_client, transcript):
    url = page("change", transcript)
    old = form_values(admin_client, url)
    send(admin_client, url, form_values(admin_client, url), state="hidden")

    send(admin_client, url, old, credit="Ann Lee")

    assert (Transcript.objects.get().state, Transcript.objects.get().credit) == ("hidden", "Ann Lee")


def test_the_second_of_two_who_change_one_fact_is_told(admin_client, transcript):
    url = page("change", transcript)
    old = form_values(admin_client, url)
    send(admin_client, url, form_values(admin_client, url), credit="Ann Lee")

    answer = send(admin_client, url, old, credit="Bo")

    assert "The stored version is now: “Ann Lee”" in errors_of(answer)[-1]
    assert Transcript.objects.get().credit == "Ann Lee"


def test_an_old_form_of_the_episode_hides_and_shows_no_transcript_unseen(admin_client, episode, transcript):
    url = change_url(episode)
    old = form_values(admin_client, url)
    Transcript.objects.update(state="hidden")

    answer = send(admin_client, url, old, title="Another title")

    assert errors_of(answer) == []
    assert Transcript.objects.get().state == "hidden"


def test_a_fact_saved_with_the_episode_takes_back_no_revision_of_the_words(
    admin_client, episode, transcript, monkeypatch
):
    url = change_url(episode)
    values = form_values(admin_client, url)
    clean = InlineTranscriptForm.clean

    def meanwhile(form):
        Transcript.objects.filter(pk=transcript.pk).update(revision=7)
        return clean(form)

    monkeypatch.setattr(InlineTranscriptForm, "clean", meanwhile)
    answer = send(admin_client, url, values, **{"transcripts-0-state": "hidden"})

    assert errors_of(answer) == []
    assert (Transcript.objects.get().state, Transcript.objects.get().revision) == ("hidden", 7)


def test_where_somebody_speaks_and_the_text_is_silent_is_told(admin_client, transcript):
    Transcript.objects.update(source_duration_ms=65_000)
    AlignmentRun.objects.update_or_create(transcript=transcript, defaults={"speech_without_text": [[5_000, 65_000]]})

    shown = admin_client.get(page("change", transcript)).content.decode()

    assert "0:05 to 1:05" in shown
    assert "1:05 long by its own account" in shown


def test_a_disk_that_cannot_keep_the_file_is_told_at_the_desk(admin_client, transcript, files_of_this_test):
    (files_of_this_test / "private/transcripts").rename(files_of_this_test / "elsewhere")
    (files_of_this_test / "private/transcripts").write_text("no folder")
    url = page("change", transcript)

    answer = send(admin_client, url, form_values(admin_client, url), file=upload(b"Ann  0:05\nOther.\n"))

    assert "could not store the file" in messages_of(answer)[0]
    assert Transcript.objects.get().segments.count() == 3
