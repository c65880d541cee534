"""The facts of a transcript at the desk, in its own form and in the episode's."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.transcripts.test_admin import messages_of, page, upload
from transcripts.admin.episode_inline import InlineTranscriptForm
from transcripts.models import AlignmentRun, Transcript


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


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("done", "3 of 3. Made on 28 Nov 2026, 21:05; it took 1 min 5 s."),
        ("failed", "3 of 3. Tried on 28 Nov 2026, 21:05; it took 1 min 5 s."),
        ("waiting", "Waiting for the background worker"),
    ],
)
def test_the_form_says_when_the_times_were_made_and_how_long_it_took(admin_client, transcript, state, said):
    ended = datetime(2026, 11, 28, 21, 5, tzinfo=UTC)
    AlignmentRun.objects.update_or_create(
        transcript=transcript,
        defaults={
            "state": state,
            "message": "3 of 3.",
            "started_at": ended - timedelta(seconds=65),
            "finished_at": ended,
            "audio_sha256": transcript.episode.audio_sha256,
        },
    )

    shown = admin_client.get(page("change", transcript)).content.decode()

    assert said in shown
