"""The real Otter export of episode E00, compared as a whole."""

import dataclasses
import json
from pathlib import Path

import pytest

from transcripts.reading import read_transcript

SAMPLES = Path(__file__).parent.parent / "samples" / "transcripts"


@pytest.fixture(scope="module")
def e00():
    return read_transcript((SAMPLES / "e00-otter.txt").read_bytes())


def test_the_whole_document_is_read_as_a_person_reads_it(e00):
    expected = json.loads((SAMPLES / "e00-document.json").read_text(encoding="utf-8"))

    assert json.loads(json.dumps(dataclasses.asdict(e00))) == expected


def test_the_header_facts_are_read(e00):
    assert (e00.title, e00.recorded, e00.printed, e00.duration_ms) == (
        "E00-Paul-on-Coproduction",
        "Mon, 5/30 8:02PM",
        "Tuesday, 6/21 10:13 AM",
        698_000,
    )
    assert (len(e00.keywords), e00.keywords[0], e00.keywords[-1]) == (20, "coproduction", "quality improvement")
    assert e00.speakers == ("Paul Batalden",)


def test_one_turn_begins_at_five_seconds_and_holds_every_word_of_the_export(e00):
    export = (SAMPLES / "e00-otter.txt").read_text(encoding="utf-8")
    spoken = export.split("00:05 ", 1)[1].replace("<", "").replace(">", "")

    assert [(turn.voice, turn.start_ms) for turn in e00.turns] == [("Paul Batalden", 5000)]
    assert e00.sentences[0].start_ms == 5000
    assert " ".join(e00.turns[0].text.split()) == " ".join(spoken.split())


def test_the_sentence_cut_by_a_page_break_is_one_sentence(e00):
    healed = "Our jobs as professionals involve working within what makes sense to the person whose health it is."

    assert healed in [sentence.text for sentence in e00.sentences]
    assert not any(sentence.text[0].islower() for sentence in e00.sentences)


def test_the_link_stays_with_the_sentence_it_follows(e00):
    linked = "If you want more, there's more background on the website. (https://ICoHN.org/podcasts)"

    assert linked in [sentence.text for sentence in e00.sentences]
