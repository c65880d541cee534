"""Bytes of any transcript file, recognised by content, read into a document."""

import re

from transcripts.document import Notice, TranscriptDocument, TranscriptError
from transcripts.formats.docx import looks_like_zip, read_docx
from transcripts.formats.html import read_html
from transcripts.formats.podcast_json import read_podcast_json
from transcripts.formats.srt import read_srt
from transcripts.formats.text import read_text
from transcripts.formats.webvtt import read_webvtt
from transcripts.textfile import LARGEST_FILE_BYTES, decode

_HTML = re.compile(
    r"\s*(?:<!doctype html|<html|<head|<body|<cite|<time|<p[\s>]|<div|<article|<section|<!--)",
    re.IGNORECASE,
)
_SRT = re.compile(r"\s*(?:\d+\s*\n)?\s*\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?\s*-{1,2}>")


def read_transcript(content: bytes) -> TranscriptDocument:
    """Read a transcript file; its name plays no part.

    Raises TranscriptError, with a sentence for the producer, when it cannot be read.
    """
    if looks_like_zip(content):
        if len(content) > LARGEST_FILE_BYTES:
            raise TranscriptError("This Word document is larger than 10 MB. Remove its pictures and upload it again.")
        return read_docx(content)
    text = decode(content).text
    opening = text.lstrip()
    if re.match(r"WEBVTT(?:[ \t\n]|$)", opening):
        return read_webvtt(
            opening if opening is text else "\n" * text[: len(text) - len(opening)].count("\n") + opening
        )
    if opening.startswith(("{", "[{")):
        return read_podcast_json(text)
    if _HTML.match(text):
        return read_html(text)
    if _SRT.match(text):
        return read_srt(text)
    return read_text(text)


def length_notices(document: TranscriptDocument, audio_ms: int | None) -> list[Notice]:
    """What does not fit the audio: sentences after its end, or a text that stops long before it."""
    if audio_ms is None:
        return []
    starts = [sentence.start_ms for sentence in document.sentences if sentence.start_ms is not None]
    late = sum(start > audio_ms + 1000 for start in starts)
    notices: list[Notice] = []
    if late:
        notices.append(
            Notice(f"{late} of {len(starts)} times lie past the end of the audio. Is this the right transcript?")
        )
    if document.duration_ms is not None and abs(document.duration_ms - audio_ms) > max(5000, audio_ms // 50):
        difference = abs(document.duration_ms - audio_ms) / 1000
        longer = "longer" if document.duration_ms > audio_ms else "shorter"
        notices.append(Notice(f"The transcript is {difference:.0f} s {longer} than the audio."))
    return notices
