"""Otter.ai exports in the shapes they come in."""

import pytest

from transcripts.document import TranscriptError
from transcripts.reading import read_transcript


def read(text):
    return read_transcript(text.encode())


def said(document):
    return [(turn.voice, turn.start_ms, turn.text) for turn in document.turns]


MULTI_LINE = """\
Team talk
with Ann
Thu, Oct 21, 2021 10:00AM • 1:02:03

SUMMARY KEYWORDS

trust, care,
two words

SPEAKERS
Ann Lee, Unknown Speaker

Ann Lee  0:05{two_blanks}
Good morning. We begin.

Unknown Speaker  59:58{two_blanks}
Yes?

Ann Lee  1:00:02{two_blanks}
Late words.

Transcribed by https://otter.ai
""".replace("{two_blanks}", "  ")


def test_a_header_on_several_lines_is_read():
    document = read(MULTI_LINE)

    assert (document.format, document.title, document.recorded) == (
        "otter",
        "Team talk with Ann",
        "Thu, Oct 21, 2021 10:00AM",
    )
    assert (document.duration_ms, document.keywords) == (3_723_000, ("trust", "care", "two words"))
    assert document.speakers == ("Ann Lee", "Unknown Speaker")


def test_turns_open_with_a_name_and_a_time_and_the_footer_is_no_speech():
    assert said(read(MULTI_LINE)) == [
        ("Ann Lee", 5000, "Good morning. We begin."),
        ("Unknown Speaker", 3_598_000, "Yes?"),
        ("Ann Lee", 3_602_000, "Late words."),
    ]


def test_an_export_run_together_on_one_line_is_read():
    document = read(
        "Talk Mon, 5/30 8:02PM • 11:38 SUMMARY KEYWORDS care, trust SPEAKERS Ann Lee, Bo "
        "*Ann Lee* 00:05 Hello. *Bo* 00:09 Hi there."
    )

    assert (document.title, document.duration_ms, document.keywords, document.speakers) == (
        "Talk",
        698_000,
        ("care", "trust"),
        ("Ann Lee", "Bo"),
    )
    assert said(document) == [("Ann Lee", 5000, "Hello."), ("Bo", 9000, "Hi there.")]


@pytest.mark.parametrize(
    "head",
    [
        "*Ann Lee* 1:15 Hello.",
        "**Ann Lee** 01:15\nHello.",
        "Ann Lee  1:15\nHello.",
        "Ann Lee\t01:15\nHello.",
        "Ann Lee 1:15\nHello.",
        "Ann Lee  0:01:15  \n\nHello.",
        "[01:15] Ann Lee: Hello.",
        "01:15 - Ann Lee: Hello.",
        "Ann Lee (1:15): Hello.",
    ],
)
def test_a_turn_opens_in_any_of_these_ways(head):
    assert said(read(head)) == [("Ann Lee", 75_000, "Hello.")]


def test_a_time_alone_goes_on_with_the_same_voice():
    assert said(read("Ann Lee  0:01\nOne.\n\n0:15  \nTwo.\n\n0:24\nThree.\n")) == [
        ("Ann Lee", 1000, "One."),
        ("Ann Lee", 15_000, "Two."),
        ("Ann Lee", 24_000, "Three."),
    ]


def test_a_sentence_that_ends_with_a_time_of_day_is_speech():
    document = read("Ann Lee  0:01\nWe start.\n\nSee you at 10:30\n")

    assert said(document) == [("Ann Lee", 1000, "We start. See you at 10:30")]


def test_a_page_number_between_two_halves_of_a_sentence_is_dropped():
    document = read("Ann Lee  0:01\nWe work within what makes\n\n- 2 -\n\nsense to us. Good.\n\nNew thought.\n")

    assert [(s.text, s.starts_paragraph) for s in document.sentences] == [
        ("We work within what makes sense to us.", True),
        ("Good.", False),
        ("New thought.", True),
    ]


def test_a_time_that_cannot_be_is_refused_with_its_line():
    with pytest.raises(TranscriptError) as caught:
        read("Ann Lee  0:01\nOne.\n\nAnn Lee  1:75\nTwo.\n")

    assert str(caught.value) == (
        'Line 4: "1:75" is not a time. Correct it to minutes:seconds, such as 1:15, and upload again.'
    )


def test_times_that_run_backwards_or_past_the_stated_length_are_reported_not_refused():
    document = read("T Mon, 5/30 8:02PM • 1:00\n\nA B  1:30\nOne.\n\nA B  0:20\nTwo.\n")

    assert [str(notice) for notice in document.notices] == [
        "Line 6: This time is earlier than the one before it. Check both.",
        "A turn begins after the length that the header gives. Check the times.",
    ]


def test_a_header_without_speech_is_refused():
    with pytest.raises(TranscriptError, match="no spoken text"):
        read("T Mon, 5/30 8:02PM • 1:00\n\nSUMMARY KEYWORDS care\n\nSPEAKERS Ann\n")


def test_text_between_header_and_first_time_is_kept():
    document = read("Title\n\nSPEAKERS Ann Lee\n\nA preface nobody timed.\n\nAnn Lee  0:05\nHi.\n")

    assert said(document) == [("", None, "A preface nobody timed."), ("Ann Lee", 5000, "Hi.")]
