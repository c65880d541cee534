"""The best path that pairs heard sounds with the sounds of the text, in order, either side leaving some out.

A global alignment by dynamic programming. Leaving sounds out is paid in two pieces, whichever is cheaper: the short
piece for slips, the long one for a jingle, a cut, a missing passage; so a sentence is not torn apart to fill a hole.
Memory: a few rows of the text's length for every ROWS_BETWEEN_CHECKPOINTS heard sounds, and one block between two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Measured together with _FIT_SCALE on readers and computer voices: clean, noisy, echoing, with 20 % wrong words, with
# passages missing on either side. Where pairs fit worse than leaving both sides out by the long piece, nothing is
# paired: a cheaper long piece gives up on noisy rooms first.
SHORT_OPEN, SHORT_EACH = np.float32(1.0), np.float32(0.9)
LONG_OPEN, LONG_EACH = np.float32(8.0), np.float32(0.6)
_FIT_SCALE = np.float32(0.5)
_LEAST_FIT = np.float32(0.018)
ROWS_BETWEEN_CHECKPOINTS = 256
_FIRST_WINDOW = 2048
_NEVER = np.float32(-1e9)
# Two ways to add up the same path differ by this much at most.
_ROUNDING = 0.05

_PAIRED, _HEARD_SHORT, _HEARD_LONG, _TEXT_SHORT, _TEXT_LONG = range(5)


def match(
    fits: Floats, weights: Floats, text: NDArray[np.intp], tick: Callable[[float], None] = lambda share: None
) -> NDArray[np.int64]:
    """For every sound of the text the number of the heard sound it is paired with, or -1; numbers increase.

    fits: (heard × classes), how well each class fits the heard sound, 0 to 1.
    weights: (heard,), 1 where leaving a heard sound out costs all, 0 where nothing. text: (sounds,) class numbers.
    tick is told the share done every checkpoint.
    """
    paired = np.full(len(text), -1, np.int64)
    if len(text) == 0 or len(fits) == 0:
        return paired
    scores = np.log(np.maximum(fits, _LEAST_FIT)).astype(np.float32) * _FIT_SCALE
    rows = _Rows(scores, weights, text)
    checkpoints = [rows.first()]
    row = checkpoints[0]
    for heard in range(len(scores)):
        row = rows.after(row, heard)
        if (heard + 1) % ROWS_BETWEEN_CHECKPOINTS == 0:
            checkpoints.append(row.copy())
            tick(0.7 * heard / len(scores))
    place = int(np.argmax(row.best - LONG_EACH * (len(text) - rows.columns)))
    heard, state = len(scores), _PAIRED
    goal = row.best[place]
    while heard > 0:
        number = (heard - 1) // ROWS_BETWEEN_CHECKPOINTS
        base = number * ROWS_BETWEEN_CHECKPOINTS
        heard, place, state = _walk_back(rows, checkpoints[number], base, (heard, place, state), float(goal), paired)
        goal = checkpoints[number].of(state)[place]
        checkpoints.pop()
        tick(1.0 - 0.3 * heard / len(scores))
    return paired


@dataclass(slots=True)
class _Row:
    """Best sums of all paths that end in each column: by any step, and by leaving out a heard sound."""

    best: Floats
    short: Floats
    long: Floats

    def copy(self) -> "_Row":
        return _Row(self.best.copy(), self.short.copy(), self.long.copy())

    def part(self, first: int, end: int) -> "_Row":
        return _Row(self.best[first:end], self.short[first:end], self.long[first:end])

    def of(self, state: int) -> Floats:
        return {_HEARD_SHORT: self.short, _HEARD_LONG: self.long}.get(state, self.best)


@dataclass(slots=True)
class _Steps:
    """How each column of one row was reached; `base` is the best sum before text was left out."""

    base: Floats
    base_step: NDArray[np.int8]
    best_step: NDArray[np.int8]
    short_goes_on: NDArray[np.bool_]
    long_goes_on: NDArray[np.bool_]


class _Rows:
    """Computes rows of the table, whole or a window of columns; column 0 stands before the text's first sound."""

    def __init__(self, scores: Floats, weights: Floats, text: NDArray[np.intp]) -> None:
        self.scores, self.weights, self.text = scores, weights.astype(np.float32), text
        self.columns = np.arange(len(text) + 1, dtype=np.float32)
        self.short_ramp, self.long_ramp = self.columns * SHORT_EACH, self.columns * LONG_EACH

    def first(self) -> _Row:
        never = np.full(len(self.columns), _NEVER, np.float32)
        long = never.copy()
        long[0] = 0.0  # an introduction without text is free to begin
        return _Row(-self.long_ramp, never, long)

    def after(self, row: _Row, heard: int, first: int = 0, steps: list[_Steps] | None = None) -> _Row:
        """The row after one more heard sound, for the columns from `first` on that `row` holds."""
        end = first + len(row.best)
        short_from, long_from = row.best - SHORT_OPEN, row.best - LONG_OPEN
        if end == len(self.columns):
            long_from[-1] = row.best[-1]  # an ending without text is free to begin
        weight = self.weights[heard]
        short = np.maximum(short_from, row.short)
        short -= SHORT_EACH * weight
        long = np.maximum(long_from, row.long)
        long -= LONG_EACH * weight
        pairing = np.empty_like(short)
        pairing[0] = _NEVER
        np.add(row.best[:-1], self.scores[heard].take(self.text[first : end - 1]), out=pairing[1:])
        base = np.maximum(np.maximum(pairing, short), long)
        text_short = _left_out(base, self.short_ramp[first:end], SHORT_OPEN)
        text_long = _left_out(base, self.long_ramp[first:end], LONG_OPEN)
        best = np.maximum(np.maximum(base, text_short), text_long)
        if steps is not None:
            base_step = np.where(pairing >= base, _PAIRED, np.where(short >= base, _HEARD_SHORT, _HEARD_LONG))
            best_step = np.where(base >= best, base_step, np.where(text_short >= best, _TEXT_SHORT, _TEXT_LONG))
            steps.append(
                _Steps(
                    base,
                    base_step.astype(np.int8),
                    best_step.astype(np.int8),
                    row.short > short_from,
                    row.long > long_from,
                )
            )
        return _Row(best, short, long)


def _left_out(base: Floats, ramp: Floats, opening: np.float32) -> Floats:
    """Best sums when the text just before each column is left out: a running maximum does it for the whole row."""
    running = base + ramp
    np.maximum.accumulate(running, out=running)
    running -= ramp
    running -= opening
    return running


def _walk_back(
    rows: _Rows, start: _Row, base_row: int, position: tuple[int, int, int], goal: float, paired: NDArray[np.int64]
) -> tuple[int, int, int]:
    """Follow the best path back to the checkpoint, writing the pairs it makes; returns where it stands there.

    The rows between are made anew for a window of columns before the place; when the sum then differs from the known
    one, the path came from farther left and the window grows.
    """
    heard, place, state = position
    width = _FIRST_WINDOW
    while True:
        first = max(0, place + 1 - width)
        steps: list[_Steps] = []
        row = start.part(first, place + 1)
        for number in range(base_row, heard):
            row = rows.after(row, number, first, steps)
        if first == 0 or abs(float(row.of(state)[-1]) - goal) < _ROUNDING:
            break
        width *= 4
    column = place - first
    while heard > base_row:
        step = steps[heard - base_row - 1]
        move = state if state in (_HEARD_SHORT, _HEARD_LONG) else int(step.best_step[column])
        if move in (_TEXT_SHORT, _TEXT_LONG):
            ramp = rows.short_ramp if move == _TEXT_SHORT else rows.long_ramp
            column = int(np.argmax(step.base[: column + 1] + ramp[first : first + column + 1]))
            move = int(step.base_step[column])
        heard -= 1
        if move == _PAIRED:
            column -= 1
            paired[first + column] = heard
            state = _PAIRED
        else:
            goes_on = step.short_goes_on if move == _HEARD_SHORT else step.long_goes_on
            state = move if goes_on[column] else _PAIRED
    return heard, first + column, state
