"""Copy the files between disk and object store, each proven to have arrived."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from django.core.files.storage import Storage

from coproduction_site.backup.files import files_in
from episodes.filing import keep_file, scratch_file

_CHUNK = 1 << 20


@dataclass(slots=True)
class Synced:
    """Names of files copied and found there already; sentences on those that failed."""

    copied: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    copied_bytes: int = 0


def sync(
    source: Storage, target: Storage, tell: Callable[[str], None], dry_run: bool = False, verify: bool = False
) -> Synced:
    """Copy what the target does not have. Nothing is deleted, and a file that is there is never changed.

    Each copy is read back and compared by SHA-256. A file that is there with the same length is taken as the same,
    since names are made from content; with `verify` it is read and compared as well.
    """
    result = Synced()
    for name in files_in(source):
        try:
            _sync_one(source, target, name, result, dry_run, verify)
        except OSError as error:
            result.failed.append(f"{name}: {(error.strerror or str(error)).lower()}.")
        tell(f"{result.copied_bytes / 1e6:.0f} MB copied: {name}")
    return result


def _sync_one(source: Storage, target: Storage, name: str, result: Synced, dry_run: bool, verify: bool) -> None:
    size = source.size(name)
    if target.exists(name):
        if target.size(name) != size or (verify and _sha256(source, name) != _sha256(target, name)):
            result.failed.append(f"{name}: another file has this name there. Look at both; nothing was changed.")
        else:
            result.there.append(name)
        return
    if not dry_run:
        with scratch_file() as path:
            with source.open(name) as content, path.open("wb") as out:
                shutil.copyfileobj(content, out, _CHUNK)
            with path.open("rb") as copied:
                wanted = _digest(copied)
            keep_file(target, name, path)
        if _sha256(target, name) != wanted:
            target.delete(name)
            result.failed.append(f"{name}: it did not arrive as it was sent, so the copy was taken away again.")
            return
    result.copied.append(name)
    result.copied_bytes += size


def _sha256(storage: Storage, name: str) -> str:
    with storage.open(name) as content:
        return _digest(content)


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while data := content.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()
