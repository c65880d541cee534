"""Taking a transcript file in: all of it, or nothing."""

import hashlib
import json

import pytest

from episodes.filing import FilingError
from tests.factories import make_appearance, make_draft, make_episode, make_speaker
from transcripts.document import TranscriptError
from transcripts.ingest import ingest_transcript
from transcripts.models import AlignmentRun, Revision, Segment, SpokenWord, Transcript, VoiceLabel

TALK = b"Ann Lee  0:10\nHello there. We begin.\n\nBo  0:30\nYes.\n"


def states(transcript):
    return list(transcript.segments.values_list("text", "start_ms", "end_ms", "status"))


def test_the_real_episode_is_stored_whole_with_its_facts(show, e00_bytes):
    episode = make_episode(show, duration_ms=698_000)
    make_appearance(episode, make_speaker(name="Paul Batalden"))

    report = ingest_transcript(episode, e00_bytes, "transcript.txt")

    transcript = Transcript.objects.get()
    assert report.summary == ("Read 1461 words in 75 sentences, 1 of them with a time of their own, by 1 named voice.")
    assert (transcript.source_title, transcript.source_duration_ms, len(transcript.keywords)) == (
        "E00-Paul-on-Coproduction",
        698_000,
        20,
    )
    assert [s.text for s in transcript.segments.all()] == [s.text for s in report.document.sentences]
    assert transcript.segments.exclude(voice__speaker__name="Paul Batalden").count() == 0


def test_the_file_is_kept_as_received_under_a_name_of_our_own(episode):
    ingest_transcript(episode, TALK, "../../evil name.php")

    transcript = Transcript.objects.get()
    digest = hashlib.sha256(TALK).hexdigest()
    assert transcript.source.name == f"transcripts/{digest}.txt"
    with transcript.source.open() as stored:
        assert stored.read() == TALK
    assert transcript.source_name == "../../evil name.php"


def test_the_same_file_taken_in_twice_is_kept_once(episode, files_of_this_test):
    for _ in range(2):
        ingest_transcript(episode, TALK)
        ingest_transcript(episode, b"Ann  0:10\nOther.\n")

    assert len(list((files_of_this_test / "private/transcripts").iterdir())) == 2


def test_a_disk_that_cannot_keep_the_file_is_told_in_words_and_nothing_is_changed(episode, files_of_this_test):
    ingest_transcript(episode, TALK)
    (files_of_this_test / "private/transcripts").rename(files_of_this_test / "elsewhere")
    (files_of_this_test / "private/transcripts").write_text("no folder")

    with pytest.raises(FilingError, match="could not store the file"):
        ingest_transcript(episode, b"Ann  0:10\nOther.\n")

    assert states(Transcript.objects.get())[0][0] == "Hello there."


def test_a_voice_with_a_name_longer_than_a_label_keeps_what_it_says(episode):
    voice = "Ann " * 80

    ingest_transcript(episode, f"WEBVTT\n\n00:01.000 --> 00:04.000\n<v {voice}>Hello there.\n".encode())

    assert Segment.objects.get().voice.label == ("Ann " * 50).strip()


def test_sentences_between_stamps_get_estimated_times_that_say_so(episode):
    ingest_transcript(episode, TALK)

    assert states(Transcript.objects.get()) == [
        ("Hello there.", 10_000, 21_428, "ok"),
        ("We begin.", 21_428, 30_000, "estimated"),
        ("Yes.", 30_000, 30_520, "ok"),
    ]


def test_a_text_without_times_for_an_episode_without_audio_stays_untimed(show):
    ingest_transcript(make_draft(show), b"One thought. Another.\n")

    assert states(Transcript.objects.get()) == [
        ("One thought.", None, None, "untimed"),
        ("Another.", None, None, "untimed"),
    ]


def test_captions_keep_their_times(episode):
    ingest_transcript(
        episode, b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>One.\n\n00:02.500 --> 00:03.000\n<v Bo>Two.\n"
    )

    assert states(Transcript.objects.get()) == [("One.", 1000, 2000, "ok"), ("Two.", 2500, 3000, "ok")]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"Ann Lee  0:75\nHello.\n", b"x" * (10 * 1024 * 1024 + 1)])
def test_a_file_that_cannot_be_read_changes_nothing(episode, content):
    ingest_transcript(episode, TALK, "good.txt")
    before = states(Transcript.objects.get())

    with pytest.raises(TranscriptError):
        ingest_transcript(episode, content, "bad.txt")

    assert states(Transcript.objects.get()) == before
    assert Transcript.objects.get().source_name == "good.txt"


def test_a_second_file_replaces_the_first_which_stays_a_revision(episode):
    ingest_transcript(episode, TALK, "one.txt")

    ingest_transcript(episode, b"Ann Lee  0:10\nOther words.\n", "two.txt")

    transcript = Transcript.objects.get()
    assert [s.text for s in transcript.segments.all()] == ["Other words."]
    assert [v.label for v in transcript.voices.all()] == ["Ann Lee"]
    assert [(r.number, r.note, len(r.segments)) for r in Revision.objects.order_by("number")] == [
        (1, "Read from one.txt", 3),
        (2, "Read from two.txt", 1),
    ]
    assert transcript.revision == 2


def test_the_same_file_twice_changes_neither_words_nor_voices(episode):
    ingest_transcript(episode, TALK)
    before = states(Transcript.objects.get())

    ingest_transcript(episode, TALK)

    assert states(Transcript.objects.get()) == before
    assert VoiceLabel.objects.count() == 2


def test_a_time_a_person_pinned_stays_with_its_sentence(episode):
    ingest_transcript(episode, TALK)
    Segment.objects.filter(text="We begin.").update(start_ms=15_000, end_ms=17_000, status="pinned")

    ingest_transcript(episode, TALK.replace(b"Yes.", b"Yes, indeed."))

    assert states(Transcript.objects.get())[1] == ("We begin.", 15_000, 17_000, "pinned")


@pytest.mark.parametrize("said", ["\x00", "\x01", "Hi\x00", "\ud800Hi"])
def test_characters_of_json_that_no_database_holds_are_dropped(episode, said):
    words = ["One", said, "three", "four", "five."]
    segments = [{"speaker": "\x01", "startTime": n, "endTime": n + 1, "body": word} for n, word in enumerate(words)]

    ingest_transcript(episode, json.dumps({"version": "1.0.0", "segments": segments}).encode())

    [segment] = Segment.objects.all()
    assert (segment.text.replace(" Hi", ""), segment.voice) == ("One three four five.", None)
    assert [word[0] for word in segment.words if word[0] != "Hi"] == ["One", "three", "four", "five."]


def test_each_language_has_a_transcript_of_its_own(episode):
    ingest_transcript(episode, TALK)
    ingest_transcript(episode, "Ann Lee  0:10\nHej på dig.\n".encode(), language="sv")

    assert sorted(Transcript.objects.values_list("language", flat=True)) == ["en", "sv"]


@pytest.mark.parametrize(
    ("stated", "language"),
    [
        ("sv-SE", "sv-se"),
        ("en-GB", "en"),
        ("english", "en"),
        ("", "en"),
        ("de-" + "x" * 8 + "-" + "y" * 8 + "-z1", "en"),
    ],
)
def test_a_file_may_say_its_language_another_spelling_of_the_shows_is_the_shows(episode, stated, language):
    ingest_transcript(episode, f"WEBVTT\nLanguage: {stated}\n\n00:01.000 --> 00:02.000\nOne.\n".encode())

    assert Transcript.objects.get().language == language


def test_what_does_not_fit_the_audio_is_reported_and_kept_for_the_producer(episode):
    report = ingest_transcript(episode, TALK + b"\nBo  9:00\nLate.\n")

    assert report.notices == ("1 of 3 times lie past the end of the audio. Is this the right transcript?",)
    assert Transcript.objects.get().notices == list(report.notices)


@pytest.mark.django_db(transaction=True)
def test_its_words_and_its_times_are_asked_for_when_all_is_stored(show):
    from django_q.models import OrmQ

    ingest_transcript(make_episode(show, duration_ms=60_000), TALK)

    assert "hello" in SpokenWord.objects.values_list("word", flat=True)
    assert AlignmentRun.objects.get().state == "waiting"
    assert [queued.func() for queued in OrmQ.objects.all()] == ["transcripts.align.align_transcript"]


@pytest.mark.parametrize(
    "body",
    ["word " * 250_000, "x" * 1_000_000, "y" * 3000 + ". " + "Zoë " * 1000, " ".join(f"w{n}" for n in range(150_000))],
)
def test_a_megabyte_without_a_full_stop_is_stored_and_can_be_searched(show, body):
    ingest_transcript(make_episode(show), body.encode())

    assert "".join(Segment.objects.values_list("text", flat=True)).replace(" ", "") == body.replace(" ", "")
    assert Segment.objects.filter(search__isnull=False).count() == Segment.objects.count()
