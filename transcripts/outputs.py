"""A stored transcript, written in any of its formats at the moment it is asked for."""

from transcripts.document import Sentence, Timing, TranscriptDocument, Turn, Word
from transcripts.formats.html import write_html
from transcripts.formats.podcast_json import write_podcast_json
from transcripts.formats.srt import write_srt
from transcripts.formats.text import write_text
from transcripts.formats.webvtt import write_webvtt
from transcripts.models import Segment, Transcript
from transcripts.queries import TurnView, turns_of

# By the ending in the address; the types are those the feed names.
CONTENT_TYPES = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
    "html": "text/html",
    "txt": "text/plain",
}
_WRITERS = {
    "vtt": write_webvtt,
    "srt": write_srt,
    "json": write_podcast_json,
    "html": write_html,
    "txt": write_text,
}
_TIMING = {Segment.Status.ESTIMATED.value: Timing.ESTIMATED}


def write(transcript: Transcript, format: str) -> bytes:
    """The transcript in "vtt", "srt", "json", "html" or "txt", as UTF-8. KeyError for any other word.

    Hidden people have no name in it; sentences not heard in the audio have no cue.
    """
    return _WRITERS[format](document_of(transcript)).encode()


def document_of(transcript: Transcript) -> TranscriptDocument:
    """The stored words as a document, with word times, hidden people's names removed."""
    words = dict(
        Segment.objects.filter(transcript=transcript).exclude(words=[]).values_list("position", "words").iterator()
    )
    return TranscriptDocument(
        format=transcript.source_format,
        turns=tuple(_turn(turn, words) for turn in turns_of(transcript.pk)),
        title=transcript.source_title,
        language=transcript.language,
        keywords=tuple(transcript.keywords),
    )


def _turn(turn: TurnView, words: dict[int, list[list[object]]]) -> Turn:
    return Turn(
        voice=turn.name,
        start_ms=turn.start_ms,
        sentences=tuple(
            Sentence(
                text=sentence.text,
                start_ms=sentence.start_ms,
                end_ms=sentence.end_ms,
                timing=Timing.NONE if sentence.start_ms is None else _TIMING.get(sentence.status, Timing.GIVEN),
                starts_paragraph=index == 0,
                words=tuple(Word(*word) for word in words.get(sentence.position, [])),  # type: ignore[arg-type]
            )
            for paragraph in turn.paragraphs
            for index, sentence in enumerate(paragraph)
        ),
    )
