"""Turns laid out for reading: under their chapters, in paragraphs of a few sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transcripts.queries import SentenceView, TurnView

# A longer paragraph tires the eye; what comes in one piece is cut into equal ones.
MOST_SENTENCES = 6
# Sentences begin where a voice sets in, chapters where a person cut: this near is the same place.
NEAR_ENOUGH_MS = 500
# A chapter set a little into a new paragraph was meant for its beginning.
NEAR_PARAGRAPH_MS = 3000

Mark = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    sentences: tuple[SentenceView, ...]

    @property
    def start_ms(self) -> int | None:
        return self.sentences[0].start_ms

    @property
    def position(self) -> int:
        return self.sentences[0].position


@dataclass(slots=True)
class ReadTurn:
    """What one voice says in a row. `continues`: a chapter began in its middle, the name stands above already."""

    name: str
    speaker_slug: str
    continues: bool
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(slots=True)
class ReadChapter:
    """`title` is "" for what is said before the first chapter, or when there are none."""

    title: str
    start_ms: int | None
    turns: list[ReadTurn] = field(default_factory=list)


def lay_out(turns: Sequence[TurnView], chapters: Sequence[tuple[int, str]] = ()) -> list[ReadChapter]:
    """Turns in order, with (start_ms, title) of the chapters in order of time.

    A chapter begins at the first sentence that starts at or after it; where several begin at once, the last one does.
    """
    waiting = list(chapters)
    laid: list[ReadChapter] = []
    for turn in turns:
        shown: ReadTurn | None = None
        for paragraph in _paragraphs(turn):
            for begun, piece in _cut_at_chapters(paragraph, waiting):
                if begun is not None or not laid:
                    start_ms, title = begun or (None, "")
                    laid.append(ReadChapter(title, start_ms))
                    shown = _another(laid[-1], turn, continues=shown is not None)
                elif shown is None:
                    shown = _another(laid[-1], turn, continues=False)
                assert shown is not None
                shown.paragraphs.append(Paragraph(tuple(piece)))
    return laid


def _another(chapter: ReadChapter, turn: TurnView, *, continues: bool) -> ReadTurn:
    chapter.turns.append(ReadTurn(turn.name, turn.speaker_slug, continues))
    return chapter.turns[-1]


def _paragraphs(turn: TurnView) -> Iterator[tuple[SentenceView, ...]]:
    for whole in turn.paragraphs:
        count = -(-len(whole) // MOST_SENTENCES)
        for part in range(count):
            yield whole[len(whole) * part // count : len(whole) * (part + 1) // count]


def _cut_at_chapters(
    paragraph: tuple[SentenceView, ...], waiting: list[Mark]
) -> Iterator[tuple[Mark | None, list[SentenceView]]]:
    """The paragraph in pieces, each with the chapter that begins there, if one does."""
    begun: Mark | None = None
    piece: list[SentenceView] = []
    for sentence in paragraph:
        near = NEAR_ENOUGH_MS if piece else NEAR_PARAGRAPH_MS
        mark = _begun(sentence, waiting, near)
        if mark is not None:
            if piece:
                yield begun, piece
            begun, piece = mark, []
        piece.append(sentence)
    yield begun, piece


def _begun(sentence: SentenceView, waiting: list[Mark], near_ms: int) -> Mark | None:
    """The last chapter that has begun by this sentence; it and those before it wait no longer."""
    begun = None
    while waiting and sentence.start_ms is not None and waiting[0][0] <= sentence.start_ms + near_ms:
        begun = waiting.pop(0)
    return begun
