"""The shape every transcript file is read into, whatever its format."""

from dataclasses import dataclass, field
from enum import StrEnum


class TranscriptError(ValueError):
    """The file cannot be read as a transcript; the message tells a producer what to do.

    `line_number` counts from 1, or is None where the file has no lines (docx) or the whole file is meant.
    """

    def __init__(self, sentence: str, line_number: int | None = None) -> None:
        super().__init__(sentence if line_number is None else f"Line {line_number}: {sentence}")
        self.line_number = line_number


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a producer should look at; it did not stop the reading."""

    sentence: str
    line_number: int | None = None

    def __str__(self) -> str:
        return self.sentence if self.line_number is None else f"Line {self.line_number}: {self.sentence}"


class Timing(StrEnum):
    """How far a sentence's time can be trusted, as the file alone tells it."""

    GIVEN = "given"
    ESTIMATED = "estimated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word as written, punctuation included; times in milliseconds, confidence 0 to 1 or None."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; start_ms None means no time is known, end_ms may be None when only the start is known."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    timing: Timing = Timing.NONE
    starts_paragraph: bool = False
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one voice says before another begins; voice is the label as written, "" when the file names none."""

    voice: str
    sentences: tuple[Sentence, ...]
    start_ms: int | None = None

    @property
    def text(self) -> str:
        return join_texts([sentence.text for sentence in self.sentences])


@dataclass(frozen=True, slots=True)
class Cue:
    """A timed piece of text as a caption file has it; end_ms is after start_ms."""

    start_ms: int
    end_ms: int
    text: str
    voice: str = ""
    line_number: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TranscriptDocument:
    """A whole transcript. `recorded` and `printed` stay as written: exports leave out the year."""

    format: str
    turns: tuple[Turn, ...]
    title: str = ""
    recorded: str = ""
    printed: str = ""
    duration_ms: int | None = None
    keywords: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    language: str = ""
    notices: tuple[Notice, ...] = ()

    @property
    def sentences(self) -> list[Sentence]:
        return [sentence for turn in self.turns for sentence in turn.sentences]

    @property
    def voices(self) -> list[str]:
        """Labels in order of first speech, without the empty one."""
        return list(dict.fromkeys(turn.voice for turn in self.turns if turn.voice))

    @property
    def has_times(self) -> bool:
        return any(sentence.start_ms is not None for sentence in self.sentences)


def join_texts(texts: list[str]) -> str:
    """Sentences put after each other: with a space, save after the full stops of scripts that use none."""
    joined = ""
    for text in texts:
        glue = "" if not joined or joined[-1] in "。！？" else " "
        joined += glue + text
    return joined
