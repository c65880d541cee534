"""Paragraphs of a written transcript, gathered into turns of whole sentences."""

import re

from transcripts.document import Notice, Sentence, Timing, TranscriptError, Turn
from transcripts.sentences import ends_sentence, split_sentences

# What a printed page leaves between two halves of a sentence.
_PAGE_FURNITURE = re.compile(r"[-–]\s*\d{1,4}\s*[-–]|Page \d{1,4}(?: of \d{1,4})?|\f", re.IGNORECASE)
# Two hundred hours of speech; a file with more is no episode's transcript.
MOST_SENTENCES = 100_000
_ANGLE_LINK = re.compile(r"<(https?://[^\s<>]+)>")


class TurnBuilder:
    """Takes heads and lines in file order; gives back turns and what a producer should know.

    Lines without a blank one between them are one paragraph. A paragraph that stops in mid-sentence is joined with
    the next one when that begins with a small letter or the break follows a comma: a page break, not a thought.
    """

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._turns: list[Turn] = []
        self._voice = ""
        self._start_ms: int | None = None
        self._latest_ms: int | None = None
        # Each in its pieces between page breaks: joined once, not anew at each of tens of thousands.
        self._paragraphs: list[list[str]] = []
        self._lines: list[str] = []
        self._count = 0

    def begin(self, voice: str | None, start_ms: int | None, line_number: int | None = None) -> None:
        """A new turn; voice None keeps the voice that spoke before."""
        self._close_turn()
        if voice is not None:
            self._voice = voice
        self._start_ms = start_ms
        if start_ms is None:
            return
        if self._latest_ms is not None and start_ms < self._latest_ms:
            self.notices.append(
                Notice(
                    "This time is earlier than the one before it. Check both.",
                    line_number,
                )
            )
        self._latest_ms = start_ms

    def add(self, line: str) -> None:
        """A line of text; an empty one ends the paragraph."""
        stripped = line.replace("\f", " ").strip()
        if not stripped:
            self._close_paragraph()
        elif not _PAGE_FURNITURE.fullmatch(stripped):
            self._lines.append(_ANGLE_LINK.sub(r"\1", stripped))

    def finish(self) -> tuple[Turn, ...]:
        self._close_turn()
        return tuple(self._turns)

    def _close_paragraph(self) -> None:
        paragraph = " ".join(self._lines)
        self._lines = []
        if not paragraph:
            return
        if self._paragraphs and _is_continued(self._paragraphs[-1][-1], paragraph):
            self._paragraphs[-1].append(paragraph)
        else:
            self._paragraphs.append([paragraph])

    def _close_turn(self) -> None:
        self._close_paragraph()
        sentences: list[Sentence] = []
        for paragraph in self._paragraphs:
            for index, text in enumerate(split_sentences(" ".join(paragraph))):
                timed = self._start_ms is not None and not sentences
                sentences.append(
                    Sentence(
                        text,
                        start_ms=self._start_ms if timed else None,
                        timing=Timing.GIVEN if timed else Timing.NONE,
                        starts_paragraph=index == 0,
                    )
                )
        self._paragraphs = []
        self._count += len(sentences)
        if self._count > MOST_SENTENCES:
            raise TranscriptError(
                f"This file has more than {MOST_SENTENCES} sentences. Upload one episode's transcript."
            )
        if sentences:
            self._turns.append(Turn(self._voice, tuple(sentences), self._start_ms))
        self._start_ms = None


def _is_continued(before: str, after: str) -> bool:
    if ends_sentence(before) or before.endswith(":"):
        return False
    return after[0].islower() or before.endswith((",", ";", "–", "—"))
