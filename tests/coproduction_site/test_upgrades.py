"""A backup of every version that was ever given out becomes a site of this version, with nothing lost."""

import json
from pathlib import Path

import pytest

from tests.coproduction_site.test_backup import TELL, another_machine, told

KEPT = sorted((Path(__file__).parent.parent / "samples" / "backups").glob("*.backup"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("backup", KEPT, ids=lambda path: path.stem)
def test_an_older_site_becomes_one_of_this_version(tmp_path, settings, backup):
    expected = json.loads(backup.with_suffix(".json").read_text(encoding="utf-8"))

    with another_machine(tmp_path, settings, "upgraded") as run:
        restored = run("restore", str(backup))
        unfinished = run("migrate", "--check")
        here = told(run("shell", "-c", TELL).stdout)

    assert restored.returncode == 0, restored.stderr
    assert unfinished.returncode == 0, unfinished.stdout
    assert here["guids"] == expected["guids"]
    assert here["files"] == expected["files"]
    assert {name: len(pages) for name, pages in here["feeds"].items()} == expected["feed_pages"]
    assert here["searchable"] == expected["searchable"]


def test_there_is_a_backup_to_try():
    assert KEPT
