"""Say what would be read from a transcript file; nothing is stored."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from episodes.timecode import format_clock
from transcripts.document import TranscriptDocument, TranscriptError
from transcripts.reading import read_transcript

SHOWN_SENTENCES = 3


class Command(BaseCommand):
    help = "Says what would be read from a transcript file. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Otter text or Word, WebVTT, SRT, JSON, HTML or plain text")
        parser.add_argument("--all", action="store_true", help="print every sentence, not only the first of each turn")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            document = read_transcript(content)
        except TranscriptError as error:
            raise CommandError(str(error)) from error
        for line in _facts(document):
            self.stdout.write(line)
        self.stdout.write("")
        for turn in document.turns:
            self.stdout.write(f"{_time(turn.start_ms)}  {turn.voice or 'no name'}")
            shown = turn.sentences if options["all"] else turn.sentences[:SHOWN_SENTENCES]
            for sentence in shown:
                self.stdout.write(f"{_time(sentence.start_ms)}    {sentence.text}")
            if len(turn.sentences) > len(shown):
                self.stdout.write(f"{'':>8}    … and {len(turn.sentences) - len(shown)} more sentences")


def _facts(document: TranscriptDocument) -> list[str]:
    sentences = document.sentences
    timed = sum(sentence.start_ms is not None for sentence in sentences)
    length = "not given" if document.duration_ms is None else format_clock(document.duration_ms)
    return [
        f"Format:    {document.format}",
        f"Title:     {document.title or 'none'}",
        f"Recorded:  {document.recorded or 'not given'}",
        f"Length:    {length}",
        f"Language:  {document.language or 'not given'}",
        f"Keywords:  {', '.join(document.keywords) or 'none'}",
        f"Voices:    {', '.join(document.voices) or 'none named'}",
        f"Sentences: {len(sentences)}, {timed} of them with a time",
        *(f"Notice:    {notice}" for notice in document.notices),
    ]


def _time(ms: int | None) -> str:
    return f"{'' if ms is None else format_clock(ms):>8}"
