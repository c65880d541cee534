"""Charts as SVG text: bars for days, lines for episodes side by side. The numbers stand in a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 900, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 12, 34
_INNER_WIDTH = WIDTH - _LEFT - _RIGHT
_INNER_HEIGHT = HEIGHT - _TOP - _BOTTOM
# Told apart without colour too: each line has its own dashes.
_DASHES = ("", "8 4", "2 4", "12 4 2 4", "6 2", "1 3", "10 6", "4 8", "14 3", "3 3 9 3")


@dataclass(frozen=True)
class Line:
    """One line of a line chart: its name, and its values from the left edge on."""

    name: str
    values: tuple[float, ...]


def bars(labels: Sequence[str], values: Sequence[float], title: str) -> str:
    """A bar for each label, in order; the axis begins at 0."""
    top = _round_up(max(values, default=0))
    step = _INNER_WIDTH / max(len(values), 1)
    parts = [
        f'<rect x="{_LEFT + index * step + step * 0.1:.1f}" y="{_y(value, top):.1f}" width="{step * 0.8:.1f}" '
        f'height="{_TOP + _INNER_HEIGHT - _y(value, top):.1f}"><title>{escape(label)}: {value:g}</title></rect>'
        for index, (label, value) in enumerate(zip(labels, values, strict=True))
        if value
    ]
    body = f'<g fill="currentColor" fill-opacity="0.75">{"".join(parts)}</g>'
    return _svg(title, top, _x_labels(labels) + body)


def lines(rows: Sequence[Line], title: str, unit: str) -> str:
    """Lines on one axis, such as episodes since their publication; `unit` names the steps ("day")."""
    top = _round_up(max((max(row.values, default=0) for row in rows), default=0))
    steps = max((len(row.values) for row in rows), default=1)
    labels = [f"{unit} {number}" for number in range(1, steps + 1)]
    parts = []
    for index, row in enumerate(rows):
        points = " ".join(
            f"{_LEFT + _INNER_WIDTH * (step + 0.5) / steps:.1f},{_y(value, top):.1f}"
            for step, value in enumerate(row.values)
        )
        dash = _DASHES[index % len(_DASHES)]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"'
            + (f' stroke-dasharray="{dash}"' if dash else "")
            + f"><title>{escape(row.name)}</title></polyline>"
        )
    return _svg(title, top, _x_labels(labels) + "".join(parts))


def dash_sample(index: int) -> str:
    """A short piece of a line's dashes, for the table that names it."""
    dash = _DASHES[index % len(_DASHES)]
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        '<svg width="48" height="10" aria-hidden="true" focusable="false">'
        f'<line x1="0" y1="5" x2="48" y2="5" stroke="currentColor" stroke-width="2"{pattern}/></svg>'
    )


def _svg(title: str, top: float, body: str) -> str:
    grid = "".join(
        f'<line x1="{_LEFT}" y1="{_y(value, top):.1f}" x2="{WIDTH - _RIGHT}" y2="{_y(value, top):.1f}" '
        f'stroke="currentColor" stroke-opacity="0.2"/>'
        f'<text x="{_LEFT - 6}" y="{_y(value, top) + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
        for value in (0, top / 2, top)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" aria-label="{escape(title)}" '
        f'font-size="12" fill="currentColor">{grid}{body}</svg>'
    )


def _x_labels(labels: Sequence[str]) -> str:
    """At most nine labels, evenly spread."""
    every = max(1, -(-len(labels) // 9))
    step = _INNER_WIDTH / max(len(labels), 1)
    return "".join(
        f'<text x="{_LEFT + (index + 0.5) * step:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(label)}</text>'
        for index, label in enumerate(labels)
        if index % every == 0
    )


def _y(value: float, top: float) -> float:
    return _TOP + _INNER_HEIGHT * (1 - value / top)


def _round_up(value: float) -> float:
    """The next of 2, 4, 10, 20, 40, 100 … that is not below: an axis whose half is whole."""
    top = 2
    while top < value:
        top = top * 2 if str(top)[0] == "2" else top * 5 // 2 if str(top)[0] == "4" else top * 2
    return float(top)
