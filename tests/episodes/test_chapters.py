import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.chapter_files import chapters_inside, read_chapters
from episodes.chapters import (
    MOST_CHAPTERS,
    ChapterError,
    ChapterMark,
    chapters_json,
    format_lines,
    parse_lines,
)
from episodes.plaintext import storable

MARKS = [
    ChapterMark(0, "Welcome"),
    ChapterMark(65_250, "What matters", "https://example.org/a?b=1"),
    ChapterMark(3_600_000, "End", listed=False),
]


def test_lines_become_chapters_in_order_of_time():
    text = """
    1:00:00 End (silent)
    0:00 Welcome

    1:05.250 What matters | https://example.org/a?b=1
    """

    assert parse_lines(text) == MARKS


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("00:03:15 - What matters", ChapterMark(195_000, "What matters")),
        ("(3:15) What matters", ChapterMark(195_000, "What matters")),
        ("[03:15] What|why", ChapterMark(195_000, "What|why")),
        ("3:15 – A: b", ChapterMark(195_000, "A: b")),
        ("00:00:01.500 Welcome", ChapterMark(1_500, "Welcome")),
        ("0:01\tTab", ChapterMark(1_000, "Tab")),
    ],
)
def test_lines_pasted_from_notes_are_understood(line, mark):
    assert parse_lines(line) == [mark]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Welcome", 'Line 1: "Welcome" does not begin with a time. Write 03:15 Title.'),
        ("0:00 a\n1:75 b", 'Line 2: "1:75" is not a time. Write minutes:seconds, such as 1:15, or 1:02:15.'),
        ("0:00 a\n\n0:00 b", "Line 3: 0:00 already begins the chapter of line 1. Give each chapter its own time."),
        ("20:00 Late", "Line 1: 20:00 lies after the end of the audio (10:00). Correct the time."),
        ("0:00", "Line 1: the chapter at 0:00 has no title. Write it behind the time."),
        (
            "0:00 a | javascript:alert(1)",
            'Line 1: "javascript:alert(1)" is not a web address. Write it in full, beginning with https://.',
        ),
        ("0:00 " + "x" * 256, "Line 1: the title has 256 letters; 255 are the limit. Shorten it."),
    ],
)
def test_a_fault_names_its_line_and_the_cure(text, fault):
    with pytest.raises(ChapterError) as refused:
        parse_lines(text, duration_ms=600_000)

    assert str(refused.value) == fault


def test_every_faulty_line_is_named_at_once():
    with pytest.raises(ChapterError) as refused:
        parse_lines("a\n0:00 fine\nb")

    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == ["Line 1", "Line 3"]


# Titles as they can be kept (see tidy): one line, no blank at either end. Words of the syntax itself come often.
word = st.sampled_from(["(silent)", "|", "-", "–", "a.b", "https://a.example/", "0:15", "(0:15)", "x(silent)", "x"])
title = (
    st.one_of(st.text(max_size=20), st.lists(word, max_size=5).map(" ".join))
    .map(lambda text: " ".join(storable(text).split()))
    .filter(bool)
)
link = st.sampled_from(["", "https://a.example/", "https://a.example/(silent)", "https://a.example/|"])


@given(st.dictionaries(st.integers(0, 10**7), st.tuples(title, link, st.booleans()), max_size=20))
@settings(max_examples=500)
def test_whatever_is_written_is_read_back(chapters):
    marks = [ChapterMark(ms, title, link, listed) for ms, (title, link, listed) in sorted(chapters.items())]

    assert parse_lines(format_lines(marks)) == marks


def test_json_chapters_are_read_back():
    data = json.dumps(chapters_json(MARKS, "Title", "Show")).encode()

    assert read_chapters(data) == MARKS
    assert json.loads(data) == {
        "version": "1.2.0",
        "title": "Title",
        "podcastName": "Show",
        "chapters": [
            {"startTime": 0, "title": "Welcome"},
            {"startTime": 65.25, "title": "What matters", "url": "https://example.org/a?b=1"},
            {"startTime": 3600, "title": "End", "toc": False},
        ],
    }


PSC = """<?xml version="1.0" encoding="utf-8"?>
<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">
  <psc:chapter start="00:01:05.250" title="What &amp; why" href="https://example.org/"/>
  <psc:chapter start="0" title="Welcome"/>
</psc:chapters>"""


@pytest.mark.parametrize(
    ("data", "marks"),
    [
        (PSC.encode(), [ChapterMark(0, "Welcome"), ChapterMark(65_250, "What & why", "https://example.org/")]),
        (
            b"0.000000\t0.000000\tWelcome\n65.250000\t70.0\tWhy\n",
            [ChapterMark(0, "Welcome"), ChapterMark(65_250, "Why")],
        ),
        (b"00:00:00.000 Welcome\r\n00:01:05.250 Why\r\n", [ChapterMark(0, "Welcome"), ChapterMark(65_250, "Why")]),
        ("\ufeff0:00 Größe".encode(), [ChapterMark(0, "Größe")]),
        ("0:00 Größe".encode("utf-16"), [ChapterMark(0, "Größe")]),
        ("0:00 Größe".encode("cp1252"), [ChapterMark(0, "Größe")]),
        (
            b'{"version":"1.2.0","chapters":[{"startTime":1.5,"url":"javascript:x","title":"a\\u0000b\\n c"}]}',
            [ChapterMark(1_500, "ab c")],
        ),
        (b'{"chapters":[{"startTime":5},{"startTime":5,"title":"twice"}]}', [ChapterMark(5_000, "Chapter 1")]),
    ],
)
def test_files_of_other_tools_are_read(data, marks):
    assert read_chapters(data) == marks


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no chapters"),
        (b"{", "not a chapters file"),
        (b'{"chapters": 5}', "not a chapters file"),
        (b'{"chapters": [{"title": "x"}]}', "not a chapters file"),
        (b'{"chapters": [{"startTime": NaN}]}', "not a chapters file"),
        (b'{"chapters": [{"startTime": -1}]}', "begins at -1"),
        (b'{"chapters": [{"startTime": 1e300}]}', "begins at"),
        (b'{"a":' * 100_000, "not a chapters file"),
        (b"<psc:chapters", "cannot be read"),
        (b"<rss/>", "holds no chapters"),
        (PSC.replace("00:01:05.250", "soon").encode(), 'Chapter 1: "soon" is not a time'),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not text|Line 1"),
        (b"0.0\t0.0\tok\nbroken", "Line 2 is not an Audacity label"),
        (b"x" * 2_000_001, "more than 2 MB"),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            b'<c xmlns="http://podlove.org/simple-chapters"><d>&a;</d></c>',
            "holds no chapters",
        ),
    ],
)
def test_hostile_and_broken_files_are_refused_in_words(data, words):
    with pytest.raises(ChapterError, match=words):
        read_chapters(data)


def test_a_chapter_may_begin_in_the_last_moment_and_not_at_the_end():
    assert parse_lines("0:00 a\n0:59.999 b", 60_000)[-1].start_ms == 59_999
    with pytest.raises(ChapterError, match="Line 2: 1:00 lies after the end"):
        parse_lines("0:00 a\n1:00 b", 60_000)


def test_five_hundred_chapters_are_taken_and_no_more():
    lines = [f"{minute}:00 Chapter" for minute in range(MOST_CHAPTERS + 1)]

    assert len(parse_lines("\n".join(lines[:-1]))) == MOST_CHAPTERS
    with pytest.raises(ChapterError, match="These are 501 chapters; 500 are the limit"):
        parse_lines("\n".join(lines))


@pytest.mark.parametrize(
    "mark",
    [
        ChapterMark(0, "Trust | and doubt"),
        ChapterMark(0, "Intro | example.org"),
        ChapterMark(0, "Intro | 2.0", "https://example.org/"),
        ChapterMark(0, "Intro |"),
        ChapterMark(0, "Intro | a.b", listed=False),
        ChapterMark(0, "The room (silent)"),
        ChapterMark(0, "(silent)", listed=False),
        ChapterMark(0, "- and then"),
    ],
)
def test_a_title_that_looks_like_more_is_read_back_as_a_title(mark):
    assert parse_lines(format_lines([mark])) == [mark]


def test_a_bar_between_words_is_no_link():
    assert parse_lines("0:00 Trust | doubt") == [ChapterMark(0, "Trust | doubt")]


def test_chapters_inside_a_file_are_kept_as_far_as_they_can_be():
    tags = EpisodeTags(
        chapters=[
            TagChapter(5_000, 9_000, "x" * 300, "javascript:alert(1)"),
            TagChapter(0, 5_000, "", "https://example.org/"),
            TagChapter(0, 5_000, "twice"),
            TagChapter(9_000, 9_500, "Far", "https://example.org/" + "x" * 500),
        ]
    )

    assert chapters_inside(tags) == [
        ChapterMark(0, "Chapter 2", "https://example.org/"),
        ChapterMark(5_000, "x" * 255),
        ChapterMark(9_000, "Far"),
    ]
    assert chapters_inside(None) == []
