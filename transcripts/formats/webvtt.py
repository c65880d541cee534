"""WebVTT: captions with voices."""

import html
import re

from episodes.timecode import TimecodeError, format_npt, parse_time
from transcripts.captions import CaptionShape, caption_cues
from transcripts.cuetext import timing_notices, turns_from_cues
from transcripts.document import Cue, Notice, TranscriptDocument, TranscriptError
from transcripts.formats.heads import named_voices, read_named_head

SHAPE = CaptionShape(line_characters=65, lines=2)

_TIMING = re.compile(r"\s*(\S+)\s*-->\s*(\S+)(?:\s+.*)?\s*")
# Some programs write 0:0:4,5; a lone digit is read as two.
_SHORT = re.compile(r"(?<=:)(\d)(?=[:.,]|$)")
_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_TAG = re.compile(r"<[^<>]*>")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?[ \t]{1,40}([^<>]{1,400})>|</v>", re.IGNORECASE)
_LANGUAGE = re.compile(r"^Language:\s*([A-Za-z][\w-]*)\s*$", re.MULTILINE)


def parse_webvtt(text: str) -> list[Cue]:
    """Read WebVTT into cues, in file order.

    Times are milliseconds. A cue without a <v> tag has voice ""; one with several is cut at them, its time shared
    out by letters. NOTE, STYLE and REGION blocks, settings and other tags are skipped; entities are read.
    Raises TranscriptError, with the line number, for a time that cannot be or a cue that ends before it starts.
    Source: W3C WebVTT, "WebVTT file parsing".
    """
    return _parse(text)[0]


def read_webvtt(text: str) -> TranscriptDocument:
    """Read WebVTT into turns of sentences; without <v> tags, names before a colon are the voices."""
    cues, notices = _parse(text)
    if not cues:
        raise TranscriptError("This WebVTT file has no cues. Export the captions again and upload the new file.")
    if not any(cue.voice for cue in cues):
        cues = voices_from_prefixes(cues)
    language = _LANGUAGE.search(text.split("\n\n", 1)[0])
    return TranscriptDocument(
        format="webvtt",
        turns=turns_from_cues(cues),
        duration_ms=max(cue.end_ms for cue in cues),
        speakers=tuple(dict.fromkeys(cue.voice for cue in cues if cue.voice)),
        language=language[1] if language else "",
        notices=(*notices, *timing_notices(cues)),
    )


def write_webvtt(document: TranscriptDocument) -> str:
    """Cues with ids and <v> tags, two lines of at most 65 characters; sentences without a time have none."""
    blocks = ["WEBVTT"]
    for number, cue in enumerate(caption_cues(document, SHAPE), start=1):
        voice = f"<v {_escape(_voice_name(cue.voice))}>" if cue.voice else ""
        blocks.append(f"{number}\n{format_npt(cue.start_ms)} --> {format_npt(cue.end_ms)}\n{voice}{_escape(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def voices_from_prefixes(cues: list[Cue]) -> list[Cue]:
    """Cues whose text opens with a known "Name:" get that voice, and so do the ones after, up to the next name."""
    known = named_voices([cue.text for cue in cues])
    voice = ""
    found: list[Cue] = []
    for cue in cues:
        text = cue.text
        if head := read_named_head(text, known):
            voice, text = head.voice or "", head.rest
        if text.strip():
            found.append(Cue(cue.start_ms, cue.end_ms, text.strip(), voice, cue.line_number))
    return found


def cue_times(start: str, end: str, line_number: int) -> tuple[int, int]:
    """Both times of a cue in milliseconds. Raises TranscriptError with the line number."""
    try:
        start_ms, end_ms = (parse_time(_SHORT.sub(r"0\1", text)) for text in (start, end))
    except TimecodeError as error:
        raise TranscriptError(f"{error} Then upload again.", line_number) from error
    if end_ms < start_ms:
        raise TranscriptError(
            f"This cue ends ({end}) before it starts ({start}). Correct one of the two times and upload again.",
            line_number,
        )
    return start_ms, max(end_ms, start_ms + 1)


def _parse(text: str) -> tuple[list[Cue], list[Notice]]:
    cues: list[Cue] = []
    notices: list[Notice] = []
    lines = text.splitlines()
    index = 0
    while index < len(lines) and lines[index].strip():
        index += 1  # the WEBVTT line and the header under it
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        block_start = index
        while index < len(lines) and lines[index].strip():
            index += 1
        block = lines[block_start:index]
        timing_at = next((at for at, line in enumerate(block[:2]) if "-->" in line), None)
        if timing_at is None:
            if not _SKIPPED.match(block[0]):
                notices.append(Notice("This block has no time and was left out.", block_start + 1))
            continue
        line_number = block_start + timing_at + 1
        match = _TIMING.fullmatch(block[timing_at])
        if not match and _SKIPPED.match(block[0]):
            continue
        if not match:
            raise TranscriptError(
                "A cue's times are not readable. Write them as 00:01.000 --> 00:04.000 and upload again.",
                line_number,
            )
        start_ms, end_ms = cue_times(match[1], match[2], line_number)
        cues.extend(_voiced(Cue(start_ms, end_ms, " ".join(block[timing_at + 1 :]), "", line_number)))
    return cues, notices


def _voiced(cue: Cue) -> list[Cue]:
    """The payload cut at <v> tags, markup removed, time shared out by letters."""
    pieces: list[tuple[str, str]] = []
    voice, position = "", 0
    for tag in _VOICE.finditer(cue.text):
        pieces.append((voice, cue.text[position : tag.start()]))
        voice = " ".join(html.unescape(tag[1]).split()) if tag[1] else ""
        position = tag.end()
    pieces.append((voice, cue.text[position:]))
    spoken = [(name, " ".join(html.unescape(_TAG.sub("", text)).split())) for name, text in pieces]
    spoken = [(name, text) for name, text in spoken if text]
    total, seen = sum(len(text) for _, text in spoken), 0
    found: list[Cue] = []
    for name, text in spoken:
        start_ms = cue.start_ms + (cue.end_ms - cue.start_ms) * seen // total
        seen += len(text)
        end_ms = cue.start_ms + (cue.end_ms - cue.start_ms) * seen // total
        found.append(Cue(start_ms, max(end_ms, start_ms + 1), text, name, cue.line_number))
    return found


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _voice_name(voice: str) -> str:
    return " ".join(voice.split())
