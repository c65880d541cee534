"""Covers that lie in an object store, kept beside the web server too: pages ask no other host for them."""

import os
import shutil
import stat
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.utils._os import safe_join

MOST_KEPT_BYTES = 1_000_000_000


def local_copy(name: str) -> Path:
    """The file on this machine's disk, fetched at the first wish. Names are of content, so a copy never grows old.

    Raises OSError when the store has no such file or does not answer, SuspiciousFileOperation when the name leads out.
    """
    folder = Path(settings.VAR_DIR) / "public-copies"
    try:
        copy = Path(safe_join(folder, name))
    except ValueError as error:
        raise SuspiciousFileOperation(name) from error
    if copy.is_file():
        return copy
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_name(f".{uuid.uuid4().hex}.partial")
    try:
        with default_storage.open(name) as stored, partial.open("wb") as out:
            shutil.copyfileobj(stored, out)
        os.replace(partial, copy)
    finally:
        partial.unlink(missing_ok=True)
    _make_room(folder, copy)
    return copy


def _make_room(folder: Path, newest: Path) -> None:
    """Forget the copies fetched first when all of them are too many."""
    copies = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another thread has just given it its name, or forgotten it
            seen = path.stat()
            if stat.S_ISREG(seen.st_mode):
                copies.append((seen.st_mtime, seen.st_size, path))
    copies.sort()
    over = sum(size for _, size, _ in copies) - MOST_KEPT_BYTES
    for _, size, path in copies:
        if over <= 0:
            break
        if path != newest:
            path.unlink(missing_ok=True)
            over -= size
