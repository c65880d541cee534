"""What the documents tell people to type exists, with these options; what they link to is there."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(ROOT.glob("deploy/**/*.md")),
]
_COMMAND = re.compile(r"(?:\./run|manage\.py) ([a-z_]+)((?: [^\s`#|<>;&)'\"]+)*)")


def commands_told() -> list[tuple[str, str]]:
    found = []
    for path in [*PAGES, *sorted((ROOT / "deploy").rglob("*.service"))]:
        text = path.read_text(encoding="utf-8")
        found += [(path.name, f"{match[1]}{match[2]}".rstrip(".,:")) for match in _COMMAND.finditer(text)]
    return found


@pytest.mark.parametrize(("page", "line"), commands_told())
def test_a_command_that_is_told_exists_and_takes_these_words(page, line):
    name, *arguments = shlex.split(line)
    if name in ("test", "help"):
        return

    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)

    known, unknown = parser.parse_known_args([*arguments, *placeholders(parser, arguments)])
    assert unknown == []
    assert known is not None


def placeholders(parser, arguments: list[str]) -> list[str]:
    """A sentence that only names a command leaves out its file."""
    wanted = [action for action in parser._actions if not action.option_strings and action.required]
    given = [argument for argument in arguments if not argument.startswith("--")]
    return ["x"] * max(len(wanted) - len(given), 0)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_within_the_documents_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_settings_that_the_operator_is_told_exist():
    from coproduction_site import settings

    text = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^    ([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))

    assert told - set(settings.env.variables) <= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert len(told) >= 12


def test_shell_scripts_are_valid():
    for script in (ROOT / "deploy" / "systemd" / "redeploy", ROOT / "run"):
        assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
