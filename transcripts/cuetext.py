"""Cues of a caption file, regrouped into turns of whole sentences."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.document import Cue, Notice, Sentence, Timing, TranscriptError, Turn, Word
from transcripts.sentences import split_sentences

# Captions leave out full stops, but not silences: one this long ends a sentence.
SILENCE_MS = 3000
# A pause this long after a full stop, or this many sentences, begins a new paragraph.
PAUSE_MS = 1500
PARAGRAPH_SENTENCES = 5
# Words of thirty hours; a file with more is no episode's transcript.
MOST_CUES = 200_000


@dataclass(frozen=True, slots=True)
class _Place:
    """A position in a run of cues, counted in characters that are not white space."""

    ms: int
    at_edge: bool


def turns_from_cues(cues: Sequence[Cue]) -> tuple[Turn, ...]:
    """Turns in the order of the cues; a sentence that begins inside a cue has an estimated time.

    Sentences run across cues of the same voice. A silence of SILENCE_MS or more ends a sentence.
    """
    _check_count(cues)
    return _joined((run[0].voice, _sentences_of(run), run[0].start_ms) for run in _runs(cues))


def turns_from_words(words: Sequence[tuple[str, Word]]) -> tuple[Turn, ...]:
    """As turns_from_cues, for (voice, word) pairs: every sentence keeps its words with their times."""
    _check_count(words)
    cues = [Cue(word.start_ms, word.end_ms, word.text, voice) for voice, word in words]
    position = 0
    pieces: list[tuple[str, list[Sentence], int]] = []
    for run in _runs(cues):
        own = [word for _, word in words[position : position + len(run)]]
        position += len(run)
        pieces.append((run[0].voice, _with_words(_sentences_of(run), own), run[0].start_ms))
    return _joined(iter(pieces))


def timing_notices(cues: Sequence[Cue]) -> list[Notice]:
    """Overlaps and times that go backwards, each with the line of the later cue."""
    notices: list[Notice] = []
    for before, cue in itertools.pairwise(cues):
        if cue.start_ms < before.start_ms:
            notices.append(
                Notice(
                    "This cue begins before the one above it. Check both times.",
                    cue.line_number,
                )
            )
        elif cue.start_ms < before.end_ms:
            over = (before.end_ms - cue.start_ms) / 1000
            notices.append(
                Notice(
                    f"This cue begins {over:.1f} s before the one above it ends.",
                    cue.line_number,
                )
            )
    return notices


def _check_count(cues: Sequence[object]) -> None:
    if len(cues) > MOST_CUES:
        raise TranscriptError(f"This file has more than {MOST_CUES} captions. Upload one episode's transcript.")


def _runs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Cues of one voice without a silence between them."""
    run: list[Cue] = []
    for cue in cues:
        if run and (cue.voice != run[-1].voice or cue.start_ms - run[-1].end_ms >= SILENCE_MS):
            yield run
            run = []
        run.append(cue)
    if run:
        yield run


def _sentences_of(run: list[Cue]) -> list[Sentence]:
    text = " ".join(cue.text for cue in run)
    # Where each cue begins, and behind the last one where all end: counted in characters that are not white space.
    edges = [0, *itertools.accumulate(_solid(cue.text) for cue in run)]
    sentences: list[Sentence] = []
    position = 0
    since_paragraph = 0
    for piece in split_sentences(text):
        start = _place(run, edges, position, start=True)
        position += _solid(piece)
        end = _place(run, edges, position, start=False)
        pause = sentences and start.ms - (sentences[-1].end_ms or start.ms) >= PAUSE_MS
        new_paragraph = not sentences or bool(pause) or since_paragraph >= PARAGRAPH_SENTENCES
        since_paragraph = 1 if new_paragraph else since_paragraph + 1
        timing = Timing.GIVEN if start.at_edge else Timing.ESTIMATED
        sentences.append(Sentence(piece, start.ms, max(end.ms, start.ms + 1), timing, new_paragraph))
    return sentences


def _place(run: list[Cue], edges: list[int], position: int, *, start: bool) -> _Place:
    """The time at a position: exact at a cue's edge, by its share of the letters inside one.

    Looked up, not searched: captions of three hours, a word a cue, are tens of thousands in one run.
    """
    at = (bisect_right if start else bisect_left)(edges, position) - 1
    if not 0 <= at < len(run):
        return _Place(run[0].start_ms if at < 0 else run[-1].end_ms, True)
    cue, first, last = run[at], edges[at], edges[at + 1]
    if start and position == first:
        return _Place(cue.start_ms, True)
    if not start and position == last:
        return _Place(cue.end_ms, True)
    share = (position - first) / (last - first)
    return _Place(cue.start_ms + round(share * (cue.end_ms - cue.start_ms)), False)


def _with_words(sentences: list[Sentence], words: list[Word]) -> list[Sentence]:
    found: list[Sentence] = []
    index = 0
    for sentence in sentences:
        wanted, own, have = _solid(sentence.text), [], 0
        while index < len(words) and have < wanted:
            own.append(words[index])
            have += _solid(words[index].text)
            index += 1
        found.append(
            Sentence(
                sentence.text,
                sentence.start_ms,
                sentence.end_ms,
                sentence.timing,
                sentence.starts_paragraph,
                tuple(own),
            )
        )
    return found


def _joined(pieces: Iterator[tuple[str, list[Sentence], int]]) -> tuple[Turn, ...]:
    """Runs of one voice become one turn: a silence ends a sentence, not a turn."""
    turns: list[Turn] = []
    for voice, sentences, start_ms in pieces:
        if not sentences:
            continue
        if turns and turns[-1].voice == voice:
            turns[-1] = Turn(voice, turns[-1].sentences + tuple(sentences), turns[-1].start_ms)
        else:
            turns.append(Turn(voice, tuple(sentences), start_ms))
    return tuple(turns)


def _solid(text: str) -> int:
    return len("".join(text.split()))
