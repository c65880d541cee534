"""The arrows between rooms and floors point one way; files stay small enough to be read."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("coproduction_site", "publishing", "transcripts", "downloads", "episodes")
MAY_IMPORT = {
    "episodes": {"episodes"},
    "transcripts": {"transcripts", "episodes"},
    "downloads": {"downloads", "episodes"},
    "publishing": {"publishing", "transcripts", "downloads", "episodes"},
    "coproduction_site": set(ROOMS),
}
# What stands on which floor: 0 plain, 1 models, 2 steps, 3 doors. Names are modules or packages of a room; a module
# that is not named here is a step when it imports Django, a model or another step, and plain otherwise.
MODELS = {"models"}
DOORS = {
    "admin",
    "apps",
    "checks",
    "context_processors",
    "forms",
    "management",
    "middleware",
    "sitemaps",
    "templatetags",
    "urls",
    "views",
    "widgets",
}
LONGEST_FILE_LINES = 400


def modules_of(room: str) -> list[Path]:
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def imports_of(path: Path) -> set[str]:
    """Dotted names of the modules a file imports, wherever the import stands; TYPE_CHECKING counts too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@cache
def floor_of(path: Path) -> int:
    room_path = path.relative_to(ROOT).parts[1:]
    top = room_path[0].removesuffix(".py")
    if top in MODELS:
        return 1
    if top in DOORS or any(top.endswith(f"_{door}") or top.startswith(f"{door}_") for door in ("admin", "views")):
        return 3
    imported = imports_of(path)
    if {name.split(".")[0] for name in imported} & {"django", "django_q", "storages"}:
        return 2
    ours = [module_path(name) for name in imported if name.split(".")[0] in ROOMS]
    return 2 if any(target not in (None, path) and 1 <= floor_of(target) <= 2 for target in ours) else 0


def module_path(name: str) -> Path | None:
    """The file a dotted name of ours is in, following `from package import module`."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:length])
        if base.with_suffix(".py").is_file():
            return base.with_suffix(".py")
        if (base / "__init__.py").is_file():
            return base / "__init__.py"
    return None


ALL_MODULES = [(room, path) for room in ROOMS for path in modules_of(room)]
IDS = [str(path.relative_to(ROOT)) for _, path in ALL_MODULES]


@pytest.mark.parametrize(("room", "path"), ALL_MODULES, ids=IDS)
def test_a_room_imports_only_itself_and_the_rooms_below(room, path):
    rooms = {name.split(".")[0] for name in imports_of(path)} & set(ROOMS)

    assert rooms - MAY_IMPORT[room] == set()


# The porch stands before all rooms and has no floors.
ON_FLOORS = [(room, path) for room, path in ALL_MODULES if room != "coproduction_site"]


@pytest.mark.parametrize(("room", "path"), ON_FLOORS, ids=[str(path.relative_to(ROOT)) for _, path in ON_FLOORS])
def test_a_floor_imports_only_itself_and_the_floors_below(room, path):
    own_floor = floor_of(path)

    higher = set()
    for name in imports_of(path):
        if name.split(".")[0] in ROOMS and (target := module_path(name)) is not None:
            other_room = name.split(".")[0]
            # A door may use doors of its own room only.
            allowed = own_floor if other_room == room else min(own_floor, 2)
            if floor_of(target) > allowed:
                higher.add(name)

    assert higher == set()


@pytest.mark.parametrize(("room", "path"), ALL_MODULES, ids=IDS)
def test_a_module_says_its_purpose_first_and_fits_on_a_few_screens(room, path):
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= LONGEST_FILE_LINES
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "the first line says what the module is for"


def test_the_plain_floor_knows_no_django():
    plain = [path for room, path in ALL_MODULES if room != "coproduction_site" and floor_of(path) == 0]

    assert {"timecode.py", "plaintext.py"} <= {path.name for path in plain}


def test_no_template_holds_a_script_or_a_style():
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "<style" in line
        or " style=" in line
        or " onclick=" in line
        or ("<script" in line and "src=" not in line and 'type="application/' not in line)
    ]

    assert found == []


def test_a_test_file_fits_on_a_few_screens_too():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE_LINES
    }

    assert too_long == {}
