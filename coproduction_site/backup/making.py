"""Make a backup: the whole site as it is at one moment, in one file."""

import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO

from django.db import connection

from coproduction_site.backup import tables
from coproduction_site.backup.archive import BackupError, Manifest, Tell, Writer
from coproduction_site.backup.files import AREAS, all_files, expected_files, storage_of
from episodes.models import SiteReport

# The name under which the desk finds when the last backup was made.
REPORT = "backup"


def back_up(target: Path, tell: Tell) -> Manifest:
    """Write the whole site into one file, which appears under its name only when it is whole; "-" is standard output.

    The rows are of one moment; files have names made from their content and are never changed, so that those the rows
    name are the right ones whenever they are read. Raises BackupError.
    """
    if str(target) == "-":
        return _noted(_write(sys.stdout.buffer, tell))
    partial = target.with_name(f"{target.name}.partial")
    try:
        with partial.open("wb") as out:
            os.fchmod(out.fileno(), 0o600)  # it holds everything, drafts and hashed passwords too
            manifest = _write(out, tell)
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({(error.strerror or str(error)).lower()}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return _noted(manifest)


def _noted(manifest: Manifest) -> Manifest:
    """Kept for the producers' desk, which shows how old the last backup is."""
    missing = len(manifest.missing_files)
    SiteReport.objects.update_or_create(
        name=REPORT,
        defaults={
            "made_at": datetime.now(UTC),
            "faults": [f"{missing} files that episodes name are not in it, because they are gone."] if missing else [],
            "facts": {"bytes": manifest.file_bytes},
        },
    )
    return manifest


def _write(out: IO[bytes], tell: Tell) -> Manifest:
    with ExitStack() as stack:
        with tables.snapshot():
            about = {
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "site_version": _version(),
                "postgres": connection.pg_version,  # type: ignore[attr-defined]
                "migrations": tables.applied_migrations(),
            }
            archive = stack.enter_context(Writer(out, about))
            tables.write_tables(archive, tell)
            expected = expected_files()
        _write_files(archive, tell)
        kept = {name.removeprefix("files/") for name in archive.manifest.members}
        archive.manifest.missing_files = sorted(f"{a}/{n}" for a, n in expected if f"{a}/{n}" not in kept)
    return archive.manifest


def _write_files(archive: Writer, tell: Tell) -> None:
    done = 0
    for area in AREAS:
        storage = storage_of(area)
        for name in all_files(area):
            try:
                size = storage.size(name)
                with storage.open(name) as file:
                    archive.add(f"files/{area}/{name}", file, size)
            except FileNotFoundError:  # thrown away meanwhile; if a row still names it, the manifest says so
                continue
            done += size
            tell(f"{done / 1e6:.0f} MB of files: {area}/{name}")


def _version() -> str:
    try:
        return metadata.version("coproduction-site")
    except metadata.PackageNotFoundError:
        return "unpackaged"
