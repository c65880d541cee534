"""Write the backup of a small site of the present version: run by pytest, at a release (see README.md here)."""

import json
import os
from pathlib import Path

import pytest

from coproduction_site.backup.making import back_up
from tests.coproduction_site.telling import what_is_here
from tests.coproduction_site.test_backup import a_full_site


@pytest.mark.django_db(transaction=True)
def test_write_the_backup_of_this_version(tmp_path):
    target = Path(__file__).parent / f"{os.environ['VERSION_NAME']}.backup"
    a_full_site(tmp_path)
    held = what_is_here()
    back_up(target, lambda sentence: None)
    target.chmod(0o644)
    summary = {
        "guids": held["guids"],
        "files": held["files"],
        "feed_pages": {slug: len(pages) for slug, pages in held["feeds"].items()},
        "searchable": held["searchable"],
    }
    target.with_suffix(".json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
