"""What a voice says for what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.alignment.spoken import spoken_words


def said(sentence: str) -> str:
    return " ".join(word for spoken in spoken_words(sentence) for word in spoken.said)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It’s 1455.", "it's fourteen fifty five"),
        ("In 2007 and 2022", "in two thousand seven and twenty twenty two"),
        ("the 1990s", "the nineteen nineties"),
        ("in 1905", "in nineteen oh five"),
        ("the 21st of 30 days", "the twenty first of thirty days"),
        ("1,200 people", "one thousand two hundred people"),
        ("$3.50 or 50%", "three dollars fifty or fifty percent"),
        ("at 10:30", "at ten thirty"),
        ("24/7", "twenty four seven"),
        ("COVID-19", "covid nineteen"),
        ("Mr. and Mrs. Dashwood", "mister and missus dashwood"),
        ("Dr Batalden", "doctor batalden"),
        ("books, etc., produced", "books et cetera produced"),
        ("QI at the IHI", "cue eye at the eye aitch eye"),
        ("GPs in the U.S.", "jee peas in the you ess"),
        ("NASA", "nasa"),
        ("Henry VIII", "henry the eighth"),
        ("World War II", "world war two"),
        ("Chapter IV.", "chapter four"),
        ("Type I diabetes; I know", "type one diabetes i know"),
        ("A1c", "ay one see"),
        ("R&D and/or co-op", "are and dee and or co op"),
        ("see coproduction.org", "see coproduction dot org"),
        ("THIS IS SHOUTED OUT", "this is shouted out"),
        ("“Well,” she said — softly…", "well she said softly"),
        ("0044 7", "zero zero four four seven"),
    ],
)
def test_words_are_said_as_a_reader_says_them(written, spoken):
    assert said(written) == spoken


@pytest.mark.parametrize(
    "silent",
    [
        "(<https://example.org/a(b)>)",
        "https://example.org/page?x=1",
        "www.example.org/x",
        "[music]",
        "[inaudible 00:12]",
        "(laughs)",
        "(soft music playing)",
        "*laughter*",
        "—",
        "…",
    ],
)
def test_links_and_stage_directions_are_not_said(silent):
    assert said(f"We {silent} agreed.") == "we agreed"


def test_words_in_round_brackets_are_said():
    assert said("the Bible (which was printed)") == "the bible which was printed"


def test_every_written_word_is_kept_with_what_is_said_for_it():
    words = spoken_words("We met [music] in 1455.")

    assert [(word.written, " ".join(word.said)) for word in words] == [
        ("We", "we"),
        ("met", "met"),
        ("[music]", ""),
        ("in", "in"),
        ("1455.", "fourteen fifty five"),
    ]


def test_outside_english_words_are_said_as_written_and_figures_left_out():
    words = spoken_words("Das Jahr 1999 war schön.", english=False)

    assert [word.said for word in words] == [("das",), ("jahr",), (), ("war",), ("schön",)]


@given(st.text(max_size=80))
def test_any_text_is_read_word_by_word(text):
    assert [word.written for word in spoken_words(text)] == text.split()


@given(st.from_regex(r"[$£€]?[0-9][0-9.,:]{0,40}(st|s|k|m|bn|th)?%?", fullmatch=True))
def test_any_figures_are_said_somehow(figures):
    assert all(word.isascii() and word.islower() for word in said(f"about {figures}").split())
