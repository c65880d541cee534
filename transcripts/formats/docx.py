"""Word documents: read as the text they hold."""

import io
import zipfile

from lxml import etree

from transcripts.document import TranscriptDocument, TranscriptError
from transcripts.formats.html import html_lines
from transcripts.formats.text import read_text

# An hour of speech is about 200 kB of XML and 3,000 elements; a tree of more than these would not fit in memory.
LARGEST_XML_BYTES = 8 * 1024 * 1024
LARGEST_TOTAL_XML_BYTES = 24 * 1024 * 1024
MOST_ELEMENTS = 150_000
MOST_PARTS = 2000

_SMALLER = "Copy the transcript alone into a new document and upload that."
_BROKEN = "This Word document is damaged. Open it in Word, save it again as .docx, and upload the new file."


def looks_like_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_docx(content: bytes) -> TranscriptDocument:
    """Read a .docx by the same grammar as text: Otter's header and turns, or names before a colon.

    Links keep their address; pictures, comments and deleted text are left out. Raises TranscriptError for a
    document that is damaged, unpacks to more than the limits, or declares entities.
    """
    _check_package(content)
    # Hardly ever needed, and 2 MB of each web process.
    import mammoth

    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(content),
            convert_image=mammoth.images.img_element(lambda image: {}),
            include_embedded_style_map=False,
            external_file_access=False,
        ).value
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        IndexError,
        AttributeError,
        TypeError,
    ) as error:
        raise TranscriptError(_BROKEN) from error
    if not converted.strip():
        raise TranscriptError("This Word document has no text. Check that it is the transcript, and upload it again.")
    return read_text("\n".join(line for _, line in html_lines(converted)), format="docx")


def _check_package(content: bytes) -> None:
    """Refuse what would cost too much, or reach outside, before anything is parsed in full."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if "word/document.xml" not in package.namelist():
                raise TranscriptError(
                    "This is a packed file, but not a Word document. Save the transcript as .docx and upload that file."
                )
            if len(parts) > MOST_PARTS:
                raise TranscriptError(f"This Word document has {len(parts)} parts; {MOST_PARTS} are read. {_SMALLER}")
            total = 0
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    total += _check_part(package, part)
                    if total > LARGEST_TOTAL_XML_BYTES:
                        raise TranscriptError(f"This Word document is too large when unpacked. {_SMALLER}")
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise TranscriptError(_BROKEN) from error


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Bytes of one XML part, after checking its true size (the directory may lie) and its declarations."""
    with package.open(part) as stream:
        xml = stream.read(LARGEST_XML_BYTES + 1)
    if len(xml) > LARGEST_XML_BYTES:
        raise TranscriptError(f"This Word document is too large when unpacked. {_SMALLER}")
    count = 0
    try:
        for _, element in etree.iterparse(io.BytesIO(xml), events=("start",), resolve_entities=False, no_network=True):
            if count == 0 and element.getroottree().docinfo.internalDTD is not None:
                raise TranscriptError(
                    "This Word document declares entities, which transcripts do not need. "
                    "Open it in Word, save it again as .docx, and upload the new file."
                )
            count += 1
            if count > MOST_ELEMENTS:
                raise TranscriptError(f"This Word document is too large when unpacked. {_SMALLER}")
    except etree.XMLSyntaxError as error:
        raise TranscriptError(_BROKEN) from error
    return len(xml)
