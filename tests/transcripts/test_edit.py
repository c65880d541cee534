"""Editing sentences: times survive, nobody overwrites anybody unseen."""

import time
from dataclasses import replace

import pytest
from django.db.models import F

from tests.factories import make_appearance, make_episode, make_speaker
from transcripts.comparison import compare
from transcripts.edit import EditError, SegmentEdit, edit_segments, fingerprint
from transcripts.ingest import ingest_transcript
from transcripts.models import AlignmentRun, Revision, Segment, SpokenWord, Transcript
from transcripts.outputs import write
from transcripts.putting_back import restore_revision
from transcripts.revisions import state_of
from transcripts.search.query import search
from transcripts.search.results import SearchQuery
from transcripts.timing import text_sha256
from transcripts.wordtimes import carry_words

VTT = b"""WEBVTT

00:01.000 --> 00:04.000
<v Ann>Helo there friends.

00:05.000 --> 00:07.000
<v Ann>We begin.

00:08.000 --> 00:09.000
<v Bo>Yes.
"""


@pytest.fixture
def transcript(show):
    transcript = ingest_transcript(make_episode(show, duration_ms=60_000), VTT).transcript
    transcript.segments.filter(position=0).update(
        words=[["Helo", 1000, 1500, 0.5], ["there", 2000, 2500, 0.9], ["friends.", 3000, 4000, 0.8]], confidence=0.9
    )
    return transcript


def edit_of(segment, **over):
    """The edit of an editor who saw the row as it is and changed only what is named."""
    fields = {
        "segment_id": segment.pk,
        "seen": fingerprint(segment),
        "text": segment.text,
        "voice": segment.voice.label if segment.voice else "",
        "start_ms": segment.start_ms,
        "starts_paragraph": segment.starts_paragraph,
    }
    return SegmentEdit(**{**fields, **over})


def at(transcript, position):
    return transcript.segments.select_related("voice").get(position=position)


def texts(transcript):
    return [(s.position, s.text, s.start_ms, s.end_ms, s.status) for s in transcript.segments.order_by("position")]


def test_a_corrected_word_leaves_the_others_times_alone(transcript):
    outcome = edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Hello there friends.")], None)

    assert (outcome.saved, outcome.conflicts, outcome.revision) == (1, (), 2)
    assert at(transcript, 0).words == [
        ["Hello", 1000, 2000, None],
        ["there", 2000, 2500, 0.9],
        ["friends.", 3000, 4000, 0.8],
    ]
    assert (at(transcript, 0).start_ms, at(transcript, 0).status) == (1000, "ok")


def test_all_formats_and_the_search_follow_at_once(transcript, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Hypertension there friends.")], None)

    assert search(SearchQuery("hypertension")).total == 1
    assert search(SearchQuery("helo")).total == 0
    assert SpokenWord.objects.filter(word="hypertension").exists()
    assert all("Hypertension" in write(transcript, format).decode() for format in ("vtt", "srt", "json", "html", "txt"))


def test_a_line_break_splits_a_sentence_at_its_words_times(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Helo\nthere friends.")], None)

    assert texts(transcript)[:3] == [
        (0, "Helo", 1000, 1500, "ok"),
        (1, "there friends.", 2000, 4000, "ok"),
        (2, "We begin.", 5000, 7000, "ok"),
    ]
    assert [word[0] for word in at(transcript, 1).words] == ["there", "friends."]


def test_a_split_without_word_times_is_estimated(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 1), text="We\nbegin.")], None)

    assert texts(transcript)[1:3] == [(1, "We", 5000, 5500, "ok"), (2, "begin.", 5500, 7000, "estimated")]


def test_two_sentences_are_joined(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 1), joins_previous=True)], None)

    assert texts(transcript) == [
        (0, "Helo there friends. We begin.", 1000, 7000, "ok"),
        (1, "Yes.", 8000, 9000, "ok"),
    ]


def test_an_emptied_sentence_is_deleted_but_not_the_last_one(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="  ")], None)
    assert [text for _, text, *_ in texts(transcript)] == ["We begin.", "Yes."]

    with pytest.raises(EditError, match="at least one sentence"):
        edit_segments(transcript.pk, [edit_of(s, text="") for s in transcript.segments.select_related("voice")], None)


def test_a_time_set_by_hand_is_pinned(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 1), start_ms=5250)], None)

    assert texts(transcript)[1] == (1, "We begin.", 5250, 7000, "pinned")


def test_a_time_taken_away_leaves_no_time(transcript):
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), start_ms=None)], None)

    assert texts(transcript)[0] == (0, "Helo there friends.", None, None, "untimed")
    assert at(transcript, 0).words == []


def test_a_sentence_gets_another_voice_even_a_new_one(transcript):
    edit_segments(
        transcript.pk, [edit_of(at(transcript, 0), voice="Bo"), edit_of(at(transcript, 2), voice="Cy Young")], None
    )

    assert [at(transcript, n).voice.label for n in range(3)] == ["Bo", "Ann", "Cy Young"]


def test_unchanged_sentences_make_no_revision(transcript):
    outcome = edit_segments(transcript.pk, [edit_of(at(transcript, n)) for n in range(3)], None)

    assert (outcome.saved, Revision.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"text": "x" * 5001}, "at most 5000"),
        ({"start_ms": 61_000}, "past the end of the audio"),
        ({"voice": "x" * 201}, "at most 200"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_is_saved(transcript, over, words):
    before = texts(transcript)

    with pytest.raises(EditError, match=words):
        edit_segments(
            transcript.pk, [edit_of(at(transcript, 1), text="Good."), edit_of(at(transcript, 0), **over)], None
        )

    assert texts(transcript) == before


def test_the_second_editor_of_one_sentence_is_told_and_loses_nothing_typed(transcript):
    mine, theirs = edit_of(at(transcript, 0), text="Mine."), edit_of(at(transcript, 0), text="Theirs.")
    edit_segments(transcript.pk, [theirs], None)

    outcome = edit_segments(transcript.pk, [mine], None)

    assert (outcome.saved, [(c.edit.text, c.now) for c in outcome.conflicts]) == (0, [("Mine.", "Theirs.")])
    assert at(transcript, 0).text == "Theirs."


def test_editors_of_different_sentences_both_succeed_even_after_a_split(transcript):
    first, last = (
        edit_of(at(transcript, 0), text="Helo\nthere friends."),
        edit_of(at(transcript, 2), text="Yes, indeed."),
    )

    edit_segments(transcript.pk, [first], None)
    outcome = edit_segments(transcript.pk, [last], None)

    assert (outcome.saved, outcome.conflicts) == (1, ())
    assert [text for _, text, *_ in texts(transcript)] == ["Helo", "there friends.", "We begin.", "Yes, indeed."]


def test_a_sentence_that_is_gone_is_a_conflict(transcript):
    mine = edit_of(at(transcript, 1), text="Mine.")
    edit_segments(transcript.pk, [edit_of(at(transcript, 1), text="")], None)

    assert [c.now for c in edit_segments(transcript.pk, [mine], None).conflicts] == [None]


def test_what_an_editor_left_alone_stays_as_others_made_it_meanwhile(transcript):
    page = [edit_of(at(transcript, position)) for position in range(3)]
    page[1] = replace(page[1], text="We begin now.")
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Hello there friends.")], None)
    edit_segments(transcript.pk, [edit_of(at(transcript, 2), text="")], None)

    outcome = edit_segments(transcript.pk, page, None)

    assert (outcome.saved, outcome.conflicts) == (1, ())
    assert [text for _, text, *_ in texts(transcript)] == ["Hello there friends.", "We begin now."]


def test_times_found_while_somebody_writes_are_neither_a_conflict_nor_pinned_away(transcript):
    page = [edit_of(at(transcript, position)) for position in range(3)]
    page[1] = replace(page[1], text="We begin now.")
    transcript.segments.filter(position__lt=2).update(start_ms=F("start_ms") + 300, status="check")

    outcome = edit_segments(transcript.pk, page, None)

    assert (outcome.saved, outcome.conflicts) == (1, ())
    assert [(text, start_ms, status) for _, text, start_ms, _, status in texts(transcript)] == [
        ("Helo there friends.", 1300, "check"),
        ("We begin now.", 5300, "check"),
        ("Yes.", 8000, "ok"),
    ]


def test_a_time_set_by_hand_does_not_take_back_words_another_changed(transcript):
    mine = edit_of(at(transcript, 0), start_ms=1200)
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Theirs.")], None)

    edit_segments(transcript.pk, [mine], None)

    assert (at(transcript, 0).text, at(transcript, 0).start_ms) == ("Theirs.", 1200)


def test_two_who_set_one_time_are_a_conflict_that_names_it(transcript):
    mine = edit_of(at(transcript, 0), start_ms=1200)
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), start_ms=1500)], None)

    [conflict] = edit_segments(transcript.pk, [mine], None).conflicts

    assert (conflict.edit.start_ms, conflict.now) == (1200, "0:01.500 Helo there friends.")


def test_a_conflict_keeps_what_only_another_changed(transcript):
    mine = edit_of(at(transcript, 0), text="Mine.")
    transcript.segments.filter(position=0).update(text="Theirs.", start_ms=1300)

    [conflict] = edit_segments(transcript.pk, [mine], None).conflicts

    assert (conflict.edit.text, conflict.edit.start_ms, conflict.now) == ("Mine.", 1300, "Theirs.")


def test_an_edit_does_not_ask_for_new_times(transcript):
    AlignmentRun.objects.filter(transcript=transcript).update(state="done", text_sha256=text_sha256(transcript))

    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Hello there friends.")], None)

    assert AlignmentRun.objects.get().text_sha256 == text_sha256(transcript)


def test_a_machines_text_becomes_a_corrected_one(transcript, admin_user):
    Transcript.objects.update(origin="machine")

    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="Hello there friends.")], admin_user)

    assert Transcript.objects.get().origin == "corrected"
    assert Revision.objects.first().made_by == admin_user


def test_a_revision_is_put_back_whole_and_can_be_taken_back_again(transcript):
    before = state_of(transcript)
    edit_segments(transcript.pk, [edit_of(at(transcript, 0), text="One.\nTwo.", voice="Bo")], None)
    after = state_of(transcript)

    restore_revision(Revision.objects.get(number=1))
    assert [s[2] for s in state_of(transcript)] == [s[2] for s in before]

    restore_revision(Revision.objects.get(number=2))
    assert state_of(transcript) == after
    assert Transcript.objects.get().revision == 4


def test_a_label_that_comes_back_with_an_earlier_state_names_no_hidden_person(transcript):
    jane = make_speaker(name="Jane Doe", slug="jane-doe")
    make_appearance(transcript.episode, jane)
    ingest_transcript(transcript.episode, VTT.replace(b"<v Bo>", b"<v Dr. Jane Doe>"))
    named = Revision.objects.latest("number")
    ingest_transcript(transcript.episode, VTT)
    jane.hidden = True
    jane.save()

    restore_revision(named)

    assert b"Jane" not in write(transcript, "vtt")
    assert transcript.voices.get(label="Dr. Jane Doe").speaker == jane


def test_two_long_texts_that_have_little_in_common_are_compared_in_no_time():
    before, after = (
        [
            ["", False, " ".join(f"w{(n * step) % 997}" for n in range(line, line + 15)), None]
            for line in range(0, 9000, 15)
        ]
        for step in (7, 11)
    )
    started = time.process_time()

    [difference] = compare(before, after)

    assert [mark for _, mark in difference.words] == ["gone", "new"]
    assert time.process_time() - started < 1


def test_two_states_are_compared_by_words(transcript):
    before = state_of(transcript)
    edit_segments(
        transcript.pk,
        [edit_of(at(transcript, 0), text="Hello there friends."), edit_of(at(transcript, 2), start_ms=8100)],
        None,
    )

    found = compare(before, state_of(transcript))

    assert [(d.position, d.words, d.is_time_only) for d in found] == [
        (0, (("Ann:", "same"), ("Helo", "gone"), ("Hello", "new"), ("there friends.", "same")), False),
        (2, (("Bo: Yes.", "same"),), True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two three.", [["One", 0, 100, 0.9], ["two", 200, 300, 0.8], ["three.", 300, 400, 0.7]]),
        ("one, Two three!", [["one,", 0, 100, 0.9], ["Two", 200, 300, 0.8], ["three!", 300, 400, 0.7]]),
        ("One three.", [["One", 0, 100, 0.9], ["three.", 300, 400, 0.7]]),
        (
            "One big two three.",
            [["One", 0, 100, 0.9], ["big", 100, 200, None], ["two", 200, 300, 0.8], ["three.", 300, 400, 0.7]],
        ),
        ("One two https://a.example three.", [["One", 0, 100, 0.9], ["two", 200, 300, 0.8], ["three.", 300, 400, 0.7]]),
        ("", []),
    ],
)
def test_words_that_stay_keep_their_times(text, expected):
    words = [["One", 0, 100, 0.9], ["two", 200, 300, 0.8], ["three.", 300, 400, 0.7]]

    assert carry_words(words, text) == expected


def test_segments_keep_their_numbers_without_gaps(transcript):
    edit_segments(
        transcript.pk, [edit_of(at(transcript, 0), text="A\nB\nC"), edit_of(at(transcript, 1), text="")], None
    )

    assert list(Segment.objects.values_list("position", flat=True)) == [0, 1, 2, 3]
