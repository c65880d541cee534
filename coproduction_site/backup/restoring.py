"""Make a site of a backup again."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.contrib.auth import get_user_model
from django.core.files.storage import Storage
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from coproduction_site.backup import tables
from coproduction_site.backup.archive import ABOUT, MANIFEST, BackupError, Manifest, Tell, check, reading
from coproduction_site.backup.files import AREAS, storage_of
from episodes.filing import FilingError, keep_file, scratch_file
from episodes.models import Show
from publishing.feed import store as feed_store


def restore(source: Path, tell: Tell, replace: bool = False) -> Manifest:
    """Make this site what it was when the backup was made: files first, then all rows in one transaction.

    Nothing is touched before the whole backup was checked. Raises BackupError, also when this site is not empty and
    `replace` is not wanted.
    """
    if source.exists() and not source.is_file():
        raise BackupError(f"{source} can be read only once, and a restore reads it again. Put it into a file first.")
    about, manifest = verify(source, tell)
    wanted = [(str(app), str(name)) for app, name in about["migrations"]]
    _refuse_unknown(wanted)
    _refuse_later_tables()
    if not replace and not is_empty():
        raise BackupError(
            "This site holds shows or users already. Restore into an empty one, or say --replace to give these up."
        )
    try:
        _restore_files(source, tell)
    except FilingError as error:
        raise BackupError(str(error)) from error
    _restore_rows(source, manifest, wanted, tell)
    _forget_feeds()
    return manifest


def verify(source: Path, tell: Tell) -> tuple[dict[str, Any], Manifest]:
    """What the backup says of itself, after every byte of it was compared with its checksums. Raises BackupError."""
    done, total = 0, max(source.stat().st_size, 1) if source.exists() else 1

    def count(size: int) -> None:
        nonlocal done
        done += size
        tell(f"{min(done * 100 // total, 100)} % checked")

    return check(source, count)


def is_empty() -> bool:
    """No show and nobody who could log in: nothing would be lost."""
    try:
        return not Show.objects.exists() and not get_user_model().objects.exists()
    except DatabaseError:  # not even tables yet
        connection.close()
        return True


def _refuse_unknown(wanted: list[tuple[str, str]]) -> None:
    known = set(MigrationExecutor(connection).loader.disk_migrations or {})
    unknown = [f"{app}.{name}" for app, name in wanted if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"This backup is of a later version of the site (it has had {unknown[-1]}). Update the site, then restore."
        )


def _refuse_later_tables() -> None:
    """Tables that a later version made cannot be turned back by code that does not know how they were made."""
    executor = MigrationExecutor(connection)
    unknown = sorted(set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations or {}))
    if unknown:
        raise BackupError(
            f"This database's tables were made by a later version of the site (it has had {'.'.join(unknown[-1])}). "
            "Make the database anew, empty, as at the set-up; then restore into it."
        )


def _restore_files(source: Path, tell: Tell) -> None:
    done = 0
    with reading(source) as members:
        for name, content, size in members:
            kind, _, rest = name.partition("/")
            area, _, path = rest.partition("/")
            if kind != "files" or area not in AREAS:
                continue
            _keep(storage_of(area), path, content, size)
            done += size
            tell(f"{done / 1e6:.0f} MB of files: {rest}")


def _keep(storage: Storage, name: str, content: IO[bytes], size: int) -> None:
    """Under exactly this name; one that is here and as long is of the same content, by its name."""
    with scratch_file() as path:
        with path.open("wb") as out:
            shutil.copyfileobj(content, out, 1 << 20)
        if path.stat().st_size != size:
            raise BackupError(f"{name} came out of the backup with {path.stat().st_size} bytes instead of {size}.")
        kept = keep_file(storage, name, path)
    if kept != name:
        raise BackupError(f"The storage kept {name} as {kept}. Restore into an empty storage.")


def _restore_rows(source: Path, manifest: Manifest, wanted: list[tuple[str, str]], tell: Tell) -> None:
    """The schema of the backup's version, its rows, and then this version's migrations."""
    tell("The tables are made as they were.")
    _migrate_to(wanted)
    with transaction.atomic(), tables.triggers_off():
        tables.empty_tables()
        with reading(source) as members:
            for name, content, _ in members:
                if name in (ABOUT, MANIFEST) or not name.startswith("tables/"):
                    continue
                table = name.removeprefix("tables/").removesuffix(".copy.gz")
                rows = tables.read_table(table, content)
                if rows != manifest.tables[table]:
                    raise BackupError(f"{table} should have {manifest.tables[table]} rows, and {rows} came.")
                tell(f"{table}: {rows} rows")
        tables.set_sequences(manifest.sequences)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _forget_feeds() -> None:
    """The feeds kept here are of what was here before, and by their stamps later than what is here now."""
    for show_id in feed_store.kept_shows():
        with suppress(OSError):
            feed_store.forget(show_id)


def _migrate_to(wanted: list[tuple[str, str]]) -> None:
    """Forwards or backwards to exactly the migrations the backup has had."""
    executor = MigrationExecutor(connection)
    graph, applied = executor.loader.graph, set(wanted)
    here = set(executor.loader.applied_migrations)
    if here - applied:
        # A newer schema may hold rows that cannot go back; they are given up anyway.
        with transaction.atomic():
            tables.empty_tables(but=frozenset({"django_migrations"}))
    targets: list[tuple[str, str | None]] = [
        node
        for node in wanted
        if not any(child in applied and child[0] == node[0] for child in graph.node_map[node].children)
    ]
    named = {app for app, _ in targets}
    targets += [(app, None) for app in {app for app, _ in here} - named]
    for target in targets:  # one by one: Django refuses a plan that goes forwards and backwards
        executor.migrate([target])
        executor.loader.build_graph()
