"""The walks of docs/architecture.md are walked in the code: each name exists, each step calls the next."""

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WALKS = re.split(r"^## \d · ", PAGE, flags=re.MULTILINE)[1:]
STEPS = [(walk.splitlines()[0], step) for walk in WALKS for step in re.findall(r"^\d+\. (.+)$", walk, re.MULTILINE)]
_PLACE = re.compile(r"`((?:static|[a-z_]+)/[\w/.]+\.\w+)(?:::([\w.]+))?`")


@cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def names_in(path: str) -> set[str]:
    """Functions, classes and methods a module defines: "find", "Sender", "Sender.send"."""
    found = set()
    for node in ast.parse(text_of(path)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


@pytest.mark.parametrize(("path", "name"), sorted(set(_PLACE.findall(PAGE))), ids=str)
def test_a_place_on_the_way_exists(path, name):
    assert (ROOT / path).is_file()
    assert not name or name in names_in(path)


@pytest.mark.parametrize("title", [walk.splitlines()[0] for walk in WALKS])
def test_each_step_calls_the_next_where_nothing_else_carries_on(title):
    steps = [step for walk, step in STEPS if walk == title]
    jumps = []
    for before, after in pairwise(steps):
        if after.startswith("⇣"):
            continue
        path = _PLACE.findall(before)[-1][0]
        name = _PLACE.findall(after)[0][1].split(".")[-1]
        if not re.search(rf"\b{name}\b", text_of(path)):
            jumps.append(f"{path} does not mention {name}")

    assert len(steps) >= 10
    assert jumps == []


def test_there_are_four_walks_with_a_drawing_each():
    assert len(WALKS) == 4
    assert all(walk.count("```") == 2 for walk in WALKS)


def test_a_way_that_is_called_a_call_stays_in_its_room_or_goes_to_one_below():
    order = {"coproduction_site": 0, "publishing": 1, "transcripts": 2, "downloads": 2, "episodes": 3}
    upward = []
    for (walk, before), (same, after) in pairwise(STEPS):
        rooms = [_PLACE.findall(step)[index][0].split("/")[0] for step, index in ((before, -1), (after, 0))]
        if (
            walk == same
            and not after.startswith("⇣")
            and set(rooms) <= set(order)
            and order[rooms[1]] < order[rooms[0]]
        ):
            upward.append((before, after))

    assert upward == []
