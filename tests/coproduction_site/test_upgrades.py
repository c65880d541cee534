"""A backup of every version that was ever given out becomes a site of this version, and the last one can serve on."""

import json
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from coproduction_site.backup.archive import check
from tests.coproduction_site.test_backup import TELL, a_full_site, another_machine, told
from tests.publishing.full_show import make_full_episode, make_full_show

BY_TRIGGERS = {"episodes.ShowStamp"}
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


def models_of(backup: Path) -> list:
    """The models of the version that made the backup, as its migrations left them; what only triggers write is out."""
    about, _ = check(backup)
    state = MigrationLoader(connection).project_state([(app, name) for app, name in about["migrations"]])
    return [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label not in BY_TRIGGERS
    ]


def take_away(row) -> None:
    """The row, and what triggers make beside it: they will make it again."""
    for relation in row._meta.related_objects:
        if relation.one_to_one:
            relation.related_model._base_manager.filter(**{relation.field.name: row.pk})._raw_delete("default")
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def test_the_version_before_reads_and_writes_on_the_tables_of_this_one(tmp_path, db):
    """Its models read each row, write it again, take it away and put it back: all the columns they know, and no others.

    So the old version serves on while a new one has changed the tables.
    """
    a_full_site(tmp_path)
    make_full_episode(make_full_show())
    tried = set()

    for model in models_of(KEPT[-1]):
        for row in model._base_manager.all():
            row.save(force_update=True)
            with transaction.atomic():
                take_away(row)
                row.save(force_insert=True)
                transaction.set_rollback(True)
            tried.add(model._meta.label)

    assert tried >= {"episodes.Show", "episodes.Episode", "episodes.Appearance", "transcripts.Segment", "auth.User"}
