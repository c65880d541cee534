"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sentences import LONGEST_SENTENCE, ends_sentence, split_sentences


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("I met Dr. Don Berwick. He smiled.", ["I met Dr. Don Berwick.", "He smiled."]),
        ("J. K. Rowling and W. Edwards Deming met.", ["J. K. Rowling and W. Edwards Deming met."]),
        ("It was bigger than I. The end.", ["It was bigger than I.", "The end."]),
        ("It rose 3.5 percent. Then it fell.", ["It rose 3.5 percent.", "Then it fell."]),
        ("See No. 5 and Fig. 2 here.", ["See No. 5 and Fig. 2 here."]),
        ("At 8 a.m. We met at noon.", ["At 8 a.m.", "We met at noon."]),
        ("She works in the U.S. Senate. Good.", ["She works in the U.S. Senate.", "Good."]),
        ("Bring e.g. Water, or tea.", ["Bring e.g. Water, or tea."]),
        ('He asked, "Why?" and left.', ['He asked, "Why?" and left.']),
        ('He said "stop." "Never," she said.', ['He said "stop."', '"Never," she said.']),
        ("“Is it?” “It is.”", ["“Is it?”", "“It is.”"]),
        ("Well... maybe. So… yes. But… Then we went.", ["Well... maybe.", "So… yes.", "But…", "Then we went."]),
        ("Wait?! Really!", ["Wait?!", "Really!"]),
        ("我很好。你呢？谢谢", ["我很好。", "你呢？", "谢谢"]),
        ("¿Cómo estás? ¡Bien! Gracias.", ["¿Cómo estás?", "¡Bien!", "Gracias."]),
        ("Es gibt z.B. Brot. Und Wein.", ["Es gibt z.B. Brot.", "Und Wein."]),
        ("Read it. (https://a.example/x) Then go.", ["Read it. (https://a.example/x)", "Then go."]),
        ("See the site. https://a.example/x.html", ["See the site. https://a.example/x.html"]),
        ("(He laughs.) Yes.", ["(He laughs.)", "Yes."]),
        ("no mark at the end", ["no mark at the end"]),
        ("  spaces \n everywhere .  ", ["spaces everywhere ."]),
        ("", []),
        ("...", ["..."]),
    ],
)
def test_a_paragraph_is_cut_where_a_reader_would_stop(paragraph, sentences):
    assert split_sentences(paragraph) == sentences


@given(st.text(alphabet=st.sampled_from("aB. !?…,;:\"'()。 \n\t1I’é")))
def test_no_character_but_white_space_is_lost_or_added(paragraph):
    assert "".join("".join(split_sentences(paragraph)).split()) == "".join(paragraph.split())


@given(st.text())
def test_any_text_is_cut_into_pieces_that_are_neither_empty_nor_too_long(paragraph):
    sentences = split_sentences(paragraph)

    assert all(sentence.strip() == sentence and sentence for sentence in sentences)
    assert all(len(sentence) <= LONGEST_SENTENCE for sentence in sentences)


def test_a_megabyte_without_a_full_stop_is_cut_at_words():
    paragraph = "and then we went on " * 50_000

    sentences = split_sentences(paragraph)

    assert max(map(len, sentences)) <= LONGEST_SENTENCE
    assert " ".join(sentences).split() == paragraph.split()


def test_a_megabyte_without_a_space_is_cut_too():
    assert "".join(split_sentences("x" * 1_000_000)).replace(" ", "") == "x" * 1_000_000


@pytest.mark.parametrize("text", ['He left."', "Why?)", "So…", "谢谢。"])
def test_an_ended_sentence_is_recognised(text):
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["within what makes", "first,", "namely:"])
def test_an_unfinished_sentence_is_recognised(text):
    assert not ends_sentence(text)
