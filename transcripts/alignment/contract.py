"""What goes into an alignment and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

# Called with the share of the work done, 0 to 1, about once a second of work. Whatever it raises ends the alignment
# at once: that is how a caller cancels or limits its time.
Progress = Callable[[float], None]


class AlignmentError(ValueError):
    """The audio cannot be aligned; the message tells a producer what to do."""


class SentenceStatus(StrEnum):
    """How sure the place of a sentence is."""

    OK = "ok"
    CHECK = "check"
    NOT_HEARD = "not_heard"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class SentenceIn:
    """A sentence to be found. A hint is a stamp of the file, evidence only; a pin was set by hand and is kept."""

    text: str
    hint_start_ms: int | None = None
    pinned_start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WordTime:
    """A word as written, from its first sound to its last or to the next word; confidence is the share heard."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class SentenceTime:
    """Where a sentence is spoken. NOT_HEARD: no times, no words. ESTIMATED: no confidence, no words."""

    start_ms: int | None
    end_ms: int | None
    confidence: float | None
    status: SentenceStatus
    words: tuple[WordTime, ...] = ()


@dataclass(frozen=True, slots=True)
class AlignmentResult:
    """One SentenceTime per sentence, in order; starts never decrease and no sentence ends after the next one's start.

    unmatched_speech: (start_ms, end_ms) of speech longer than five seconds that is not in the text.
    """

    sentences: tuple[SentenceTime, ...]
    method: Literal["recognised", "estimated"]
    audio_ms: int
    unmatched_speech: tuple[tuple[int, int], ...] = field(default=())
