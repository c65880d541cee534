"""The background job that finds the sentences in the audio, run for real on eleven seconds of speech."""

from datetime import timedelta
from pathlib import Path

import mutagen.id3
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from episodes.readiness import readiness
from tests.factories import make_draft, make_episode
from transcripts import align as job
from transcripts import timing
from transcripts.align import align_transcript
from transcripts.ingest import ingest_transcript
from transcripts.models import AlignmentRun, Pronunciation, Revision, Segment, Transcript
from transcripts.timing import request_missing_times

SPEECH = (Path(__file__).parent.parent / "samples" / "speech" / "jfk.mp3").read_bytes()
WORDS = (
    b"And so, my fellow Americans. Ask not what your country can do for you. Ask what you can do for your country.\n"
)


def make_talk(show, content=WORDS, language="en", **over):
    episode = make_episode(show, audio_content=SPEECH, duration_ms=11_000, **over)
    return ingest_transcript(episode, content, language=language).transcript


def times(transcript):
    return list(transcript.segments.values_list("start_ms", "status"))


def replace_audio(episode, content, sha256="1" * 64):
    episode.audio.save(f"{sha256}.mp3", ContentFile(content), save=False)
    episode.audio_sha256 = sha256
    episode.save()


def test_every_sentence_and_word_gets_its_time(show):
    transcript = make_talk(show)

    said = align_transcript(transcript.pk)

    starts = [start for start, _ in times(transcript)]
    assert [abs(start - truth) < 250 for start, truth in zip(starts, (320, 3270, 8190), strict=True)] == [True] * 3
    assert said == "3 of 3 sentences were heard where they stand."
    words = transcript.segments.get(position=2).words
    assert [word[0] for word in words] == "Ask what you can do for your country.".split()
    assert all(start < end <= 11_100 and 0 <= sure <= 1 for _, start, end, sure in words)


def test_the_run_tells_how_it_went_and_what_it_was_made_from(show):
    transcript = make_talk(show)

    align_transcript(transcript.pk)

    run = AlignmentRun.objects.get()
    assert (run.state, run.method, run.progress_percent) == ("done", "heard", 100)
    assert run.audio_sha256 == transcript.episode.audio_sha256
    assert Pronunciation.objects.count() >= 10
    assert [r.note for r in Revision.objects.order_by("number")] == ["Read from a file", "Times found in the audio"]


def test_a_sentence_nobody_says_is_marked_and_gets_no_time(show):
    transcript = make_talk(show, WORDS.replace(b"Ask what", b"Hypertension is quite another kettle of fish. Ask what"))

    said = align_transcript(transcript.pk)

    assert times(transcript)[2] == (None, "not_heard")
    assert "1 were not heard" in said


def test_a_second_run_has_nothing_to_do(show, monkeypatch):
    transcript = make_talk(show)
    align_transcript(transcript.pk)
    monkeypatch.setattr(job, "align", None)

    assert align_transcript(transcript.pk) == "The times are up to date."


def test_a_pinned_time_stays(show):
    transcript = make_talk(show)
    transcript.segments.filter(position=1).update(start_ms=3300, end_ms=3400, status="pinned")

    align_transcript(transcript.pk)

    assert times(transcript)[1] == (3300, "pinned")
    assert Segment.objects.get(position=1).end_ms > 5000


def made_from(transcript):
    return AlignmentRun.objects.get(transcript=transcript).audio_sha256


def test_new_tags_do_not_start_the_work_again(show, monkeypatch, tmp_path):
    transcript = make_talk(show)
    align_transcript(transcript.pk)
    tagged = tmp_path / "tagged.mp3"
    tagged.write_bytes(SPEECH)
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TIT2(text="A title"))
    tags.save(tagged)
    replace_audio(transcript.episode, tagged.read_bytes())
    monkeypatch.setattr(job, "align", None)
    made = AlignmentRun.objects.get()
    assert made_from(transcript) != transcript.episode.audio_sha256
    said = " ".join(check.text for check in readiness(transcript.episode))
    assert "may no longer fit: the audio was replaced" in said

    request_missing_times()

    assert align_transcript(transcript.pk) == "Only the file's tags changed: the times still fit."
    assert AlignmentRun.objects.get().message == "3 of 3 sentences were heard where they stand."
    assert made_from(transcript) == transcript.episode.audio_sha256
    kept = AlignmentRun.objects.get()
    assert (kept.started_at, kept.finished_at) == (made.started_at, made.finished_at)


def test_other_audio_asks_for_new_times_within_a_minute(show):
    transcript = make_talk(show)
    align_transcript(transcript.pk)
    assert request_missing_times() == 0

    replace_audio(transcript.episode, SPEECH)

    assert request_missing_times() == 1
    assert AlignmentRun.objects.get().state == "waiting"
    assert request_missing_times() == 0
    assert Schedule.objects.get(func="transcripts.timing.request_missing_times").minutes == 1


def test_a_job_that_died_with_its_worker_is_queued_again_one_that_lives_is_not(show):
    transcript = make_talk(show)
    AlignmentRun.objects.update(state="running", started_at=timezone.now() - timedelta(minutes=2))
    worker = connection.copy()
    with worker.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [timing._LOCK_CLASS, transcript.pk])

    assert request_missing_times() == 0
    worker.close()

    assert request_missing_times() == 1


def test_audio_that_comes_after_the_words_is_found(show):
    episode = make_draft(show)
    transcript = ingest_transcript(episode, WORDS).transcript
    assert request_missing_times() == 0

    episode.audio_sha256, episode.duration_ms = "1" * 64, 11_000
    replace_audio(episode, SPEECH)

    assert request_missing_times() == 1
    assert AlignmentRun.objects.get().transcript == transcript


def test_audio_replaced_while_the_job_ran_begins_the_work_anew(show, monkeypatch):
    transcript = make_talk(show)
    before = times(transcript)
    real = job.align

    def slow(*args, **kwargs):
        result = real(*args, **kwargs)
        replace_audio(Transcript.objects.get().episode, SPEECH)
        return result

    monkeypatch.setattr(job, "align", slow)

    said = align_transcript(transcript.pk)

    assert said == "Words or audio changed meanwhile; the work begins anew."
    assert (times(transcript), AlignmentRun.objects.get().state) == (before, "waiting")


def test_words_edited_while_the_job_ran_are_not_overwritten(show, monkeypatch):
    transcript = make_talk(show)
    real = job.align

    def slow(*args, **kwargs):
        result = real(*args, **kwargs)
        Segment.objects.filter(position=0).update(text="Edited.")
        return result

    monkeypatch.setattr(job, "align", slow)

    align_transcript(transcript.pk)

    assert Segment.objects.get(position=0).text == "Edited."
    assert Segment.objects.get(position=0).words == []


def test_the_work_that_begins_anew_finds_nobody_else_at_it(show, monkeypatch):
    transcript = make_talk(show)
    held = []

    def request_times(_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            held.append(cursor.fetchone()[0])

    def outdated(*args, **kwargs):
        Segment.objects.filter(position=0).update(text="Edited.")
        raise job._Outdated

    monkeypatch.setattr(job, "request_times", request_times)
    monkeypatch.setattr(job, "align", outdated)

    align_transcript(transcript.pk)

    assert held == [0]


def test_audio_that_cannot_be_read_leaves_the_words_and_says_why(show):
    episode = make_episode(show, audio_content=b"not audio", duration_ms=11_000)
    transcript = ingest_transcript(episode, WORDS).transcript
    before = times(transcript)

    said = align_transcript(transcript.pk)

    run = AlignmentRun.objects.get()
    assert (run.state, run.message, times(transcript)) == ("failed", said, before)
    assert said.endswith(".")


def test_a_language_without_a_recogniser_is_estimated_and_says_so(show):
    transcript = make_talk(show, "Och så, mina landsmän. Fråga inte. Fråga.\n".encode(), language="sv")

    said = align_transcript(transcript.pk)

    assert {status for _, status in times(transcript)} == {"estimated"}
    assert "estimated" in said
    assert AlignmentRun.objects.get().method == "estimated"


def test_times_of_the_file_stay_where_nothing_can_be_heard_better(show):
    transcript = make_talk(
        show, b"WEBVTT\n\n00:01.000 --> 00:02.000\nHej.\n\n00:02.500 --> 00:03.000\nHej igen.\n", language="sv"
    )

    align_transcript(transcript.pk)

    assert times(transcript) == [(1000, "ok"), (2500, "ok")]


def test_a_job_for_a_transcript_that_is_gone_ends_quietly(db):
    assert align_transcript(12345) == "There is nothing to align."


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_names_a_function_that_exists(show):
    from django.utils.module_loading import import_string

    make_talk(show)

    assert import_string(OrmQ.objects.get().func()) is align_transcript


def test_the_job_stands_in_the_same_transaction_as_the_wish_for_it(show):
    make_talk(show)

    assert (AlignmentRun.objects.get().state, OrmQ.objects.count()) == ("waiting", 1)
