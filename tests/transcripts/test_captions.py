"""WebVTT and SRT: read, written, and read back by others."""

import io
import itertools
import time

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from transcripts.document import Cue, Sentence, Timing, TranscriptDocument, TranscriptError, Turn, Word
from transcripts.formats.srt import parse_srt, write_srt
from transcripts.formats.webvtt import parse_webvtt, read_webvtt, write_webvtt
from transcripts.reading import read_transcript

VTT = """\
WEBVTT - a talk
Language: en-GB

STYLE
::cue { color: red }

REGION
id:fred

NOTE one --> two
still a note

intro
00:01.000 --> 00:02.500 line:0 align:start
<v.loud Ann Lee>Rock &amp; <i>roll</i>
goes on.</v>

01:00:00.250 --> 01:00:02.000
<00:01.000><c.yellow>no voice</c> &lt;here&gt;

00:00:03.000 --> 00:00:05.000
<v Ann>abcd</v> <v Bo>efgh</v>
"""


def test_webvtt_is_read_as_its_grammar_says():
    assert parse_webvtt(VTT) == [
        Cue(1000, 2500, "Rock & roll goes on.", "Ann Lee"),
        Cue(3_600_250, 3_602_000, "no voice <here>", ""),
        Cue(3000, 4000, "abcd", "Ann"),
        Cue(4000, 5000, "efgh", "Bo"),
    ]


def test_webvtt_in_crlf_with_a_byte_order_mark_reads_the_same():
    document = read_transcript(b"\xef\xbb\xbf" + VTT.replace("\n", "\r\n").encode())

    assert (document.format, document.language) == ("webvtt", "en-GB")
    assert document.voices == ["Ann Lee", "Ann", "Bo"]
    assert [str(n) for n in document.notices] == ["Line 21: This cue begins before the one above it. Check both times."]


@pytest.mark.parametrize(
    ("cue", "message"),
    [
        ("00:02.000 --> 00:01.000\nx", "Line 3: This cue ends (00:01.000) before it starts (00:02.000)."),
        ("00:01.000 --> 00:75.000\nx", 'Line 3: "00:75.000" is not a time.'),
        ("soon -->\nx", "Line 3: A cue's times are not readable."),
    ],
)
def test_a_wrong_webvtt_time_is_refused_with_its_line(cue, message):
    with pytest.raises(TranscriptError) as caught:
        read_transcript(f"WEBVTT\n\n{cue}\n".encode())

    assert str(caught.value).startswith(message)


SRT = """\
1
00:00:01,000 --> 00:00:02,000
<i>Ann:</i> {\\an8}One

00:00:02.5 -> 00:00:03.000
two.
7
0:0:4,0 --> 00:00:05,000
Bo: Three
99

8
00:00:06,000 --> 00:00:07,000
Ann: Four.
"""


def test_srt_is_read_without_numbers_blank_lines_or_commas():
    assert parse_srt(SRT) == [
        Cue(1000, 2000, "Ann: One"),
        Cue(2500, 3000, "two."),
        Cue(4000, 5000, "Bo: Three 99"),
        Cue(6000, 7000, "Ann: Four."),
    ]


def test_names_in_srt_become_voices_until_the_next_name():
    document = read_transcript(SRT.encode())

    assert [(turn.voice, turn.start_ms, turn.text) for turn in document.turns] == [
        ("Ann", 1000, "One two."),
        ("Bo", 4000, "Three 99"),
        ("Ann", 6000, "Four."),
    ]


def test_a_sentence_beginning_inside_a_cue_has_an_estimated_time():
    document = read_transcript(
        b"1\n00:00:00,000 --> 00:00:10,000\nOne two. Three\n\n2\n00:00:10,000 --> 00:00:12,000\nfour.\n"
    )

    assert document.sentences == [
        Sentence("One two.", 0, 5833, Timing.GIVEN, True),
        Sentence("Three four.", 5833, 12_000, Timing.ESTIMATED, False),
    ]


def test_a_silence_ends_a_sentence_that_captions_leave_without_a_full_stop():
    document = read_transcript(b"1\n00:00:00,000 --> 00:00:01,000\none\n\n2\n00:00:09,000 --> 00:00:10,000\ntwo\n")

    assert [s.text for s in document.sentences] == ["one", "two"]


def _document(*turns):
    return TranscriptDocument(format="test", turns=turns)


LONG = Turn(
    "Ann <Lee> & Co",
    (
        Sentence("word " * 80 + "end.", 1000, 41_000, Timing.GIVEN, True),
        Sentence("Not heard."),
        Sentence("Rock & roll --> <b>now</b>.", 41_000, 43_000, Timing.GIVEN),
    ),
)


def test_webvtt_is_written_in_short_captions_with_voices_and_ids():
    written = write_webvtt(_document(LONG, Turn("", (Sentence("Bye.", 50_000, 51_000, Timing.GIVEN),))))

    cues = list(webvtt.from_string(written))
    assert all(
        len(line) <= 65 + len("<v Ann &lt;Lee&gt; &amp; Co>") for cue in cues for line in cue.raw_text.split("\n")
    )
    assert all(
        len(line.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")) <= 65
        for cue in cues
        for line in cue.text.split("\n")
    )
    assert max(cue.end_in_seconds - cue.start_in_seconds for cue in cues) <= 7
    assert [cue.identifier for cue in cues] == [str(n) for n in range(1, len(cues) + 1)]
    assert cues[-2].voice == "Ann &lt;Lee&gt; &amp; Co"
    assert cues[-1].voice is None
    assert "Not heard" not in written


def test_captions_begin_and_end_with_their_sentence():
    cues = parse_webvtt(write_webvtt(_document(LONG)))

    assert (cues[0].start_ms, cues[-2].end_ms) == (1000, 41_000)
    assert " ".join(cue.text for cue in cues) == "word " * 80 + "end. Rock & roll --> <b>now</b>."


def test_captions_are_cut_at_the_words_own_times():
    words = tuple(Word(text, at, at + 400) for at, text in [(0, "Hello"), (600, "there"), (9000, "again.")])

    cues = parse_webvtt(write_webvtt(_document(Turn("", (Sentence("Hello there again.", 0, 9400, words=words),)))))

    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [(0, 1000, "Hello there"), (9000, 9400, "again.")]


def test_srt_is_written_with_names_where_the_voice_changes():
    written = write_srt(
        _document(
            Turn(
                "Ann Lee",
                (Sentence("One.", 0, 1000), Sentence("Two is a good deal longer than one line can be.", 1000, 4000)),
            ),
            Turn("Bo", (Sentence("Three.", 4000, 5000),)),
        )
    )

    captions = list(srt.parse(written))
    assert [caption.content for caption in captions] == [
        "Ann Lee: One.",
        "Two is a good deal longer\nthan one line can be.",
        "Bo: Three.",
    ]
    assert (captions[1].start.total_seconds(), captions[1].end.total_seconds()) == (1.0, 4.0)


def test_a_document_without_times_gives_files_without_captions():
    document = _document(Turn("Ann", (Sentence("Untimed."),)))

    assert (write_webvtt(document), write_srt(document)) == ("WEBVTT\n", "")


_words = st.text(alphabet="abcdeéß&<>'’-,漢字", min_size=1, max_size=90)
_voices = st.sampled_from(["", "Ann Lee", "Bo", "Dr. Ø & <Y>", "The Department of Very Long Names"])


@st.composite
def documents(draw):
    """Sentences one after the other, each with at least a millisecond a letter."""
    turns, at = [], 0
    for voice in draw(st.lists(_voices, min_size=1, max_size=4)):
        sentences = []
        for _ in range(draw(st.integers(1, 3))):
            text = " ".join(draw(st.lists(_words, min_size=1, max_size=12))) + "."
            at += draw(st.integers(0, 2000))
            end = at + len(text) * draw(st.integers(2, 90))
            sentences.append(Sentence(text, at, end, Timing.GIVEN))
            at = end
        turns.append(Turn(voice, tuple(sentences), sentences[0].start_ms))
    return _document(*turns)


@given(documents())
def test_written_webvtt_reads_back_with_every_word_voice_and_edge(document):
    cues = parse_webvtt(write_webvtt(document))

    assert "".join(c.text for c in cues).replace(" ", "") == "".join(s.text for s in document.sentences).replace(
        " ", ""
    )
    assert {c.voice for c in cues} == {turn.voice for turn in document.turns}
    assert (cues[0].start_ms, cues[-1].end_ms) == (document.sentences[0].start_ms, document.sentences[-1].end_ms)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(cues))


@given(documents())
def test_written_captions_keep_their_shape(document):
    vtt = [cue.text for cue in webvtt.from_buffer(io.StringIO(write_webvtt(document)))]
    captions = list(srt.parse(write_srt(document)))

    assert all(len(text.split("\n")) <= 2 for text in vtt)
    assert all(len(line) <= 32 for caption in captions for line in caption.content.split("\n"))
    assert all(len(caption.content.split("\n")) <= 2 for caption in captions)


@given(st.text(alphabet=st.sampled_from("WEBVTT\n0123456789:.,-> <v/>abNOTE&;{}")))
def test_any_caption_file_is_read_or_refused_with_a_sentence(text):
    for content in ("WEBVTT\n\n" + text, "1\n00:00:01,000 --> 00:00:02,000\n" + text):
        assert _read_or_refusal(content.encode()).endswith(".")


def _read_or_refusal(content):
    try:
        read_transcript(content)
    except TranscriptError as error:
        return str(error)
    return "Read."


def test_a_caption_for_each_word_of_hours_is_read_in_seconds():
    stamp = "{:02}:{:02}:{:02}.{:03}".format
    times = [(n // 36_000, n // 600 % 60, n // 10 % 60, n % 10 * 100) for n in range(60_001)]
    words = ["so.", "And", "then", "we", "went", "on"]
    cues = [f"{stamp(*times[n])} --> {stamp(*times[n + 1])}\n{words[n % 6]}\n" for n in range(60_000)]
    began = time.process_time()

    document = read_webvtt("WEBVTT\n\n" + "\n".join(cues))

    assert time.process_time() - began < 10
    assert len(document.sentences) == 10_001
    assert (document.sentences[1].start_ms, document.sentences[1].end_ms) == (100, 700)
