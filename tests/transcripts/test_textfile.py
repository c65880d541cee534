"""Encodings of text files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.document import TranscriptError
from transcripts.textfile import LARGEST_FILE_BYTES, decode

SPOKEN = "“Señor Müller” said: it's 5 €.\nYes."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_is_read_in_the_encodings_programs_write(encoding):
    content = SPOKEN.encode(encoding)

    assert decode(content).text == SPOKEN


def test_latin_1_is_read():
    assert decode("Müller señor".encode("latin-1")).text == "Müller señor"


def test_line_ends_nul_and_control_characters_do_not_reach_the_text():
    assert decode(b"One\r\ntwo\rthr\x00ee\x07 and all the rest of the sentence\xe2\x80\xa8four").text == (
        "One\ntwo\nthree and all the rest of the sentence\nfour"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".doc"),
        (b"ID3\x04", "audio"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (bytes(range(256)) * 8, "not text"),
        (b"\xff\xfea\x00\x00\xd8", "UTF-16"),
        (b"a" * (LARGEST_FILE_BYTES + 1), "10 MB"),
    ],
)
def test_what_is_not_text_is_refused_by_its_name(content, words):
    with pytest.raises(TranscriptError, match=words):
        decode(content)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_sentence(content):
    outcome = _text_or_refusal(content)

    assert outcome.strip()
    assert "\x00" not in outcome


def _text_or_refusal(content):
    try:
        return decode(content).text
    except TranscriptError as error:
        return str(error)
