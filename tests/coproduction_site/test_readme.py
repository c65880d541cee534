"""README says what the code does."""

import re
from pathlib import Path

from coproduction_site import settings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def table_rows() -> list[str]:
    """The rows of README's settings table, as written."""
    return re.findall(r"^\| `[A-Z0-9_]+` \|.*\|$", README, re.MULTILINE)


def test_the_settings_table_has_every_variable_the_code_reads():
    expected = [
        f"| `{variable.name}` | {variable.default} | {variable.meaning} |"
        for variable in settings.env.variables.values()
    ]

    assert sorted(table_rows()) == sorted(expected)
