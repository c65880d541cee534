"""Bytes of a text file of unknown encoding, turned into text."""

import codecs
import re
from dataclasses import dataclass

from episodes.plaintext import storable
from transcripts.document import TranscriptError

# Ten hours with every word's time are about 8 MB; what is larger is not a transcript.
LARGEST_FILE_BYTES = 10 * 1024 * 1024

# More than a few of these and the bytes were never text; a stray NUL is tolerated and dropped.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPORT_AS_TEXT = "Export the transcript as text (.txt), Word (.docx), WebVTT or SRT and upload that file."
# First bytes of what producers upload by mistake, so that the refusal can name it.
_NOT_TEXT = (
    (b"%PDF", "This is a PDF document."),
    (b"{\\rtf", "This is an RTF document."),
    (b"\xd0\xcf\x11\xe0", "This is an old Word document (.doc)."),
    (b"ID3", "This is an audio file."),
    (b"\xff\xfb", "This is an audio file."),
    (b"OggS", "This is an audio file."),
    (b"RIFF", "This is an audio file."),
    (b"fLaC", "This is an audio file."),
    (b"\x89PNG", "This is a picture."),
    (b"\xff\xd8\xff", "This is a picture."),
    (b"GIF8", "This is a picture."),
    (b"\x1f\x8b", "This is a compressed file."),
    (b"Rar!", "This is a compressed file."),
    (b"7z\xbc\xaf", "This is a compressed file."),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with LF line ends, free of what Postgres and XML cannot hold; `encoding` is how it was read."""

    text: str
    encoding: str


def decode(content: bytes) -> DecodedText:
    """Read UTF-8, UTF-16, UTF-32 or Windows-1252 (and so Latin-1), with or without a byte order mark.

    Raises TranscriptError when the file is empty, too large, or not text.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise TranscriptError(
            f"This file has {len(content) // 1024 // 1024} MB. Transcripts of up to "
            f"{LARGEST_FILE_BYTES // 1024 // 1024} MB are read. Upload one episode's transcript only."
        )
    for magic, sentence in _NOT_TEXT:
        if content.startswith(magic):
            raise TranscriptError(f"{sentence} {_EXPORT_AS_TEXT}")
    decoded, encoding = _decoded(content)
    if len(_CONTROLS.findall(decoded)) * 20 > len(decoded):
        raise TranscriptError(f"This file is not text. {_EXPORT_AS_TEXT}")
    text = storable(decoded.replace("\u2028", "\n").replace("\u2029", "\n").replace("\ufeff", ""))
    if not text.strip():
        raise TranscriptError("This file is empty. Export the transcript again and upload the new file.")
    return DecodedText(text, encoding)


def _decoded(content: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            try:
                return content[len(bom) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise TranscriptError(
                    f"This file says it is {encoding.upper()}, but byte {error.start + len(bom)} does not fit. "
                    "Save it again as UTF-8 and upload it."
                ) from error
    if encoding := _utf16_without_mark(content):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            pass  # many NULs that are not UTF-16: the encodings below decide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass  # not UTF-8: an older one-byte encoding
    try:
        return content.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _utf16_without_mark(content: bytes) -> str:
    """Western text in UTF-16 has a NUL in every second byte; the even ones say big-endian."""
    sample = content[:2048]
    if len(sample) < 4 or len(content) % 2:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) * 10 > half * 7 and sample[0::2].count(0) * 10 < half:
        return "utf-16-le"
    if sample[0::2].count(0) * 10 > half * 7 and sample[1::2].count(0) * 10 < half:
        return "utf-16-be"
    return ""
