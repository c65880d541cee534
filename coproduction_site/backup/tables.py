"""All rows of the database out and in by COPY, whatever the versions of the two servers.

pg_dump must be as new as the server it asks and is not on every machine; our tables need none of its other arts. The
schema comes from our migrations, so a backup holds rows only: it can be loaded into any Postgres that can be migrated.
"""

import gzip
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from coproduction_site.backup.archive import BackupError, Writer

# Who is logged in, and who failed to, is not worth keeping, and would be worth stealing.
WITHOUT_ROWS = {"django_session", "coproduction_site_cache"}
_IN_MEMORY_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are those that are stored: generated ones are made anew."""

    name: str
    columns: tuple[str, ...]


@contextmanager
def snapshot() -> Iterator[None]:
    """All tables as they are at one moment, while others write on."""
    if connection.in_atomic_block:  # within a test
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT 1")
        yield


def all_tables() -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            GROUP BY c.relname ORDER BY c.relname
            """
        )
        return [Table(name, tuple(columns)) for name, columns in cursor.fetchall()]


def applied_migrations() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [(app, name) for app, name in cursor.fetchall()]


def write_tables(archive: Writer, tell: Callable[[str], None]) -> None:
    """Every table as a packed COPY, its columns in the first line; then where the sequences stand."""
    for table in all_tables():
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool, connection.cursor() as cursor:
            with gzip.GzipFile(fileobj=spool, mode="wb", mtime=0, compresslevel=5) as packed:
                packed.write("\t".join(table.columns).encode() + b"\n")
                rows = 0
                if table.name not in WITHOUT_ROWS:
                    raw = _raw(cursor)
                    raw.copy_expert(f"COPY {_named(table)} TO STDOUT", packed)
                    rows = raw.rowcount
            size = spool.tell()
            spool.seek(0)
            archive.add(f"tables/{table.name}.copy.gz", spool, size)
        archive.manifest.tables[table.name] = rows
        tell(f"{table.name}: {rows} rows")
    archive.manifest.sequences = _sequences()


def empty_tables(but: frozenset[str] = frozenset()) -> None:
    """No table has a row afterwards."""
    with connection.cursor() as cursor:
        names = ", ".join(_quoted(table.name) for table in all_tables() if table.name not in but)
        cursor.execute(f"TRUNCATE {names}")


@contextmanager
def triggers_off() -> Iterator[None]:
    """Rows come in as they were: stamps, former addresses and search columns are in the backup themselves.

    Foreign keys are Postgres' own triggers and stay on; they are checked before ours come back.
    """
    names = [_quoted(table.name) for table in all_tables()]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def read_table(name: str, packed: IO[bytes]) -> int:
    """Load one table from its member; how many rows came. Raises BackupError when the table is not here."""
    here = {table.name: table for table in all_tables()}
    with gzip.GzipFile(fileobj=packed, mode="rb") as source, connection.cursor() as cursor:
        columns = tuple(source.readline().decode().rstrip("\n").split("\t"))
        if name not in here or not set(columns) <= set(here[name].columns):
            raise BackupError(f"The backup's table {name} does not fit this database, although their migrations agree.")
        raw = _raw(cursor)
        raw.copy_expert(f"COPY {_named(Table(name, columns))} FROM STDIN", source)
        return int(raw.rowcount)


def set_sequences(sequences: list[tuple[str, int, bool]]) -> None:
    """The next row of every table gets the number it would have got."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        here = {name for (name,) in cursor.fetchall()}
        for name, last, called in sequences:
            if name in here:
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", [_quoted(name), last, called])


def _sequences() -> list[tuple[str, int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, COALESCE(last_value, start_value), last_value IS NOT NULL FROM pg_sequences "
            "WHERE schemaname = current_schema() ORDER BY sequencename"
        )
        return [(name, last, called) for name, last, called in cursor.fetchall()]


def _raw(cursor: CursorWrapper) -> Any:
    """psycopg2's own cursor, which knows COPY."""
    return cursor.cursor


def _named(table: Table) -> str:
    return f"{_quoted(table.name)} ({', '.join(_quoted(column) for column in table.columns)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
