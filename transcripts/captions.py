"""Sentences cut into captions a reader can follow: short lines, few seconds."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transcripts.document import Cue, Sentence, TranscriptDocument

LONGEST_CUE_MS = 7000
# A sentence with a start but no end is shown as long as reading it aloud takes.
READING_MS_PER_CHARACTER = 65
SHORTEST_CUE_MS = 700


@dataclass(frozen=True, slots=True)
class CaptionShape:
    """How much text a caption holds; with_names puts "Name: " before a voice's first words."""

    line_characters: int
    lines: int
    with_names: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start_ms: int
    end_ms: int


def caption_cues(document: TranscriptDocument, shape: CaptionShape) -> list[Cue]:
    """Cues in order of time for every sentence that has one; lines within a cue are separated by LF.

    A cue holds words of one sentence only, at most `shape.lines` lines and about LONGEST_CUE_MS. Cuts fall
    between words: at their own times where known, else by their share of the letters.
    """
    cues: list[Cue] = []
    voice_before = ""
    for voice, sentence, limit_ms in _timed_sentences(document):
        prefix = f"{_short(voice, shape)}: " if shape.with_names and voice and voice != voice_before else ""
        voice_before = voice
        for index, tokens in enumerate(_groups(_tokens(sentence, limit_ms, shape), shape, prefix)):
            text = (prefix if index == 0 else "") + " ".join(token.text for token in tokens)
            start_ms, end_ms = tokens[0].start_ms, tokens[-1].end_ms
            cues.append(
                Cue(
                    start_ms,
                    max(end_ms, start_ms + 1),
                    "\n".join(_wrap(text, shape)),
                    voice,
                )
            )
    return cues


def _short(voice: str, shape: CaptionShape) -> str:
    """A name that leaves room for a word on its line."""
    longest = shape.line_characters - 4
    return voice if len(voice) <= longest else voice[: longest - 1].rstrip() + "…"


def _timed_sentences(
    document: TranscriptDocument,
) -> Iterator[tuple[str, Sentence, int | None]]:
    """(voice, sentence, start of the next one) in order of time."""
    timed = [
        (turn.voice, sentence)
        for turn in document.turns
        for sentence in turn.sentences
        if sentence.start_ms is not None
    ]
    timed.sort(key=lambda pair: pair[1].start_ms or 0)
    for index, (voice, sentence) in enumerate(timed):
        following = timed[index + 1][1].start_ms if index + 1 < len(timed) else None
        yield voice, sentence, following


def _tokens(sentence: Sentence, limit_ms: int | None, shape: CaptionShape) -> list[_Token]:
    start_ms = sentence.start_ms or 0
    end_ms = sentence.end_ms
    if end_ms is None:
        end_ms = start_ms + max(SHORTEST_CUE_MS, READING_MS_PER_CHARACTER * len(sentence.text))
        if limit_ms is not None and limit_ms > start_ms:
            end_ms = min(end_ms, limit_ms)
    if "".join(word.text for word in sentence.words) == "".join(sentence.text.split()):
        spoken: Iterable[_Token] = [_Token(word.text, word.start_ms, word.end_ms) for word in sentence.words]
    else:
        spoken = _shared_out(sentence.text.split(), start_ms, end_ms)
    return [piece for token in spoken for piece in _fitting(token, shape.line_characters)]


def _shared_out(words: list[str], start_ms: int, end_ms: int) -> Iterator[_Token]:
    """Words with times by their share of the letters."""
    total = sum(len(word) + 1 for word in words)
    seen = 0
    for word in words:
        begin = start_ms + (end_ms - start_ms) * seen // total
        seen += len(word) + 1
        yield _Token(word, begin, start_ms + (end_ms - start_ms) * seen // total)


def _fitting(token: _Token, width: int) -> Iterator[_Token]:
    """The token, in pieces when it is longer than a line (a link, a script without spaces)."""
    if len(token.text) <= width:
        yield token
        return
    pieces = [token.text[at : at + width] for at in range(0, len(token.text), width)]
    for index, piece in enumerate(pieces):
        span = token.end_ms - token.start_ms
        yield _Token(
            piece,
            token.start_ms + span * index // len(pieces),
            token.start_ms + span * (index + 1) // len(pieces),
        )


class _Room:
    """How far the lines of one caption are filled."""

    def __init__(self, shape: CaptionShape) -> None:
        self._shape = shape
        self._lines = 1
        self._column = 0

    def takes(self, length: int) -> bool:
        """Whether a word of this length still fits."""
        return self._lines < self._shape.lines or self._column + 1 + length <= self._shape.line_characters

    def add(self, length: int) -> None:
        if self._column and self._column + 1 + length > self._shape.line_characters:
            self._lines, self._column = self._lines + 1, length
        else:
            self._column += length + bool(self._column)


def _groups(tokens: list[_Token], shape: CaptionShape, prefix: str) -> Iterator[list[_Token]]:
    """Tokens in caption-sized groups of about equal length; the prefix takes room in the first."""
    length = len(prefix) + sum(len(token.text) + 1 for token in tokens)
    span = tokens[-1].end_ms - tokens[0].start_ms
    count = max(-(-length // (shape.line_characters * shape.lines)), -(-span // LONGEST_CUE_MS), 1)
    target = length / count
    group: list[_Token] = []
    room, size = _Room(shape), len(prefix)
    for word in prefix.split():
        room.add(len(word))
    for token in tokens:
        full = size + len(token.text) > target + 8 or not room.takes(len(token.text))
        if group and (full or token.end_ms - group[0].start_ms > LONGEST_CUE_MS):
            yield group
            group, room, size = [], _Room(shape), 0
        group.append(token)
        room.add(len(token.text))
        size += len(token.text) + 1
    if group:
        yield group


def _wrap(text: str, shape: CaptionShape) -> list[str]:
    """Lines that fit; two are made about equally long, the first not the longer one where that can be had."""
    lines = textwrap.wrap(text, shape.line_characters, break_on_hyphens=False) or [""]
    if len(lines) != 2:
        return lines
    spaces = [at for at, character in enumerate(text) if character == " "]
    fitting = [at for at in spaces if at <= shape.line_characters and len(text) - at - 1 <= shape.line_characters]
    if not fitting:
        return lines
    at = min(fitting, key=lambda place: abs(place - (len(text) - 1 - place)))
    return [text[:at], text[at + 1 :]]
