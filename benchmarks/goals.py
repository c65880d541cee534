"""What a benchmark measured beside what it was to reach, for the one table of `benchmarks/run`."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "BENCHMARK_GOALS"  # names the file that `benchmarks/run` reads when a program has ended


@dataclass(frozen=True)
class Goal:
    """`least` or `most` is the bound; a figure with neither is only told."""

    what: str
    measured: float
    unit: str = "×"
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self) -> bool:
        return (self.least is None or self.measured >= self.least) and (self.most is None or self.measured <= self.most)

    def row(self) -> str:
        """One line of a Markdown table; whether it is met is judged before rounding."""
        bound = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}" if self.most is not None else "–"
        judged = "–" if bound == "–" else "yes" if self.is_met else "**no**"
        return f"| {self.what} | {self.measured:,.4g} {self.unit} | {bound} | {judged} |"


def note(what: str, measured: float, unit: str = "×", *, least: float | None = None, most: float | None = None) -> None:
    """Leave a figure for the table; nothing happens where a program was started by itself."""
    if name := os.environ.get(FILE):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(Goal(what, measured, unit, least, most))) + "\n")


def noted(path: Path) -> list[Goal]:
    return [Goal(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
