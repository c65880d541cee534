"""docs/promises.md and the tests it names are of one mind."""

import ast
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("path", "name"), NAMED, ids="::".join)
def test_a_test_that_a_promise_names_exists(path, name):
    assert (ROOT / path).is_file()
    assert name in names_in(path)


def test_each_of_the_25_promises_is_there_once_in_order_with_tests():
    parts = re.split(r"\*\*P(\d+) · ", PAGE)

    assert [int(number) for number in parts[1::2]] == list(range(1, 26))
    assert [number for number, text in zip(parts[1::2], parts[2::2], strict=True) if "::test_" not in text] == []


def test_each_test_written_for_a_promise_is_named_there():
    written = {
        (f"tests/promises/{path.name}", name)
        for path in Path(__file__).parent.glob("test_*.py")
        for name in names_in(f"tests/promises/{path.name}")
        if path.name != Path(__file__).name
    }
    # These two look after the tests beside them, not after the site.
    helpers = {
        "test_the_points_are_given_and_taken_as_the_rules_say",
        "test_the_jobs_that_run_here_are_those_of_the_schedule",
    }

    assert {(path, name) for path, name in written - set(NAMED) if name not in helpers} == set()


def test_who_found_a_hole_is_told_where_to_say_so_and_when_to_expect_an_answer(client, show, settings):
    settings.CONTACT_EMAIL = "team@example.org"
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    told = dict(
        line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines() if line
    )

    assert told["Contact"] == "mailto:team@example.org"
    assert timedelta() < datetime.fromisoformat(told["Expires"]) - datetime.now(UTC) < timedelta(days=366)
    assert "security.txt" in page
    assert re.search(r"three working days|3 working days", page)
    assert "Which versions are repaired" in page
