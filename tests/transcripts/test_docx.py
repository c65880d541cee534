"""Word documents: read by the text's grammar, refused when they would harm."""

import io
import zipfile

import pytest

from transcripts.document import TranscriptError
from transcripts.formats import docx
from transcripts.reading import read_transcript

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="l1" Type="{_R}/hyperlink" Target="https://icohn.org/x" TargetMode="External"/></Relationships>'
)


def make_docx(*paragraphs, prolog="", **parts):
    """A Word file of these paragraphs (strings, or ready runs of XML)."""
    body = "".join(f"<w:p>{p if p.startswith('<w:') else f'<w:r><w:t>{p}</w:t></w:r>'}</w:p>" for p in paragraphs)
    document = (
        f'{prolog}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_R}">'
        f"<w:body>{body}</w:body></w:document>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELS)
        package.writestr("word/_rels/document.xml.rels", _LINKS)
        package.writestr("word/document.xml", document)
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def test_otters_word_export_is_read_like_its_text():
    document = read_transcript(
        make_docx(
            "Talk",
            "Mon, 5/30 8:02PM • 11:38",
            "SUMMARY KEYWORDS",
            "care, trust",
            "SPEAKERS",
            "Ann Lee",
            "<w:r><w:rPr><w:b/></w:rPr><w:t>Ann Lee</w:t></w:r><w:r><w:t xml:space='preserve'>  0:05</w:t></w:r>",
            "We work within what makes",
            "sense to us. Good.",
            "Transcribed by https://otter.ai",
        )
    )

    assert (document.format, document.title, document.duration_ms) == ("docx", "Talk", 698_000)
    assert (document.keywords, document.speakers) == (("care", "trust"), ("Ann Lee",))
    assert [(t.voice, t.start_ms, t.text) for t in document.turns] == [
        ("Ann Lee", 5000, "We work within what makes sense to us. Good.")
    ]


def test_names_before_a_colon_open_turns_and_links_keep_their_address():
    document = read_transcript(
        make_docx(
            "<w:r><w:rPr><w:b/></w:rPr><w:t>Ann:</w:t></w:r><w:r><w:t xml:space='preserve'> See </w:t></w:r>"
            "<w:hyperlink r:id='l1'><w:r><w:t>the site</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r>",
            "Bo: I will.",
        )
    )

    assert [(t.voice, t.text) for t in document.turns] == [
        ("Ann", "See the site (https://icohn.org/x)."),
        ("Bo", "I will."),
    ]


def test_deleted_text_is_left_out():
    document = read_transcript(
        make_docx(
            "<w:r><w:t xml:space='preserve'>Kept </w:t></w:r><w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>added.</w:t></w:r></w:ins>"
        )
    )

    assert document.turns[0].text == "Kept added."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and then nothing", "damaged"),
        (make_docx("Hello.")[:-40], "damaged"),
        (make_docx(), "no text"),
        (make_docx("<w:broken>"), "damaged"),
        (make_docx("&a;", prolog='<!DOCTYPE d [<!ENTITY a "x">]>'), "declares entities"),
        (make_docx("&a;", prolog='<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "declares entities"),
    ],
)
def test_a_word_file_that_is_broken_empty_or_hostile_is_refused(content, words):
    with pytest.raises(TranscriptError, match=words):
        read_transcript(content)


def test_an_entity_bomb_in_a_side_part_is_refused():
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'

    with pytest.raises(TranscriptError, match="declares entities"):
        read_transcript(make_docx("Hello.", **{"word/styles.xml": bomb}))


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_parsed():
    content = make_docx("Hello.", **{"word/comments.xml": b" " * (docx.LARGEST_XML_BYTES + 1)})

    assert len(content) < 20_000
    with pytest.raises(TranscriptError, match="too large when unpacked"):
        read_transcript(content)


def test_a_file_of_more_elements_than_fit_in_memory_is_refused():
    with pytest.raises(TranscriptError, match="too large when unpacked"):
        read_transcript(make_docx("<w:r/>" * (docx.MOST_ELEMENTS + 1)))


def test_many_parts_that_together_are_too_much_are_refused():
    parts = {f"word/header{n}.xml": b"<a>" + b" " * (docx.LARGEST_XML_BYTES - 8) + b"</a>" for n in range(4)}

    with pytest.raises(TranscriptError, match="too large when unpacked"):
        read_transcript(make_docx("Hello.", **parts))


def test_another_packed_file_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")

    with pytest.raises(TranscriptError, match="not a Word document"):
        read_transcript(buffer.getvalue())
