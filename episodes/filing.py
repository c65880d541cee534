"""Keep files under names made from their content, whole or not at all."""

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage

_CHUNK = 1 << 20
_REASONS = {
    errno.ENOSPC: "its disk is full",
    errno.EDQUOT: "its disk quota is used up",
    errno.EROFS: "its disk is read-only",
    errno.EACCES: "it may not write into its media folder",
    errno.EPERM: "it may not write into its media folder",
}


class FilingError(RuntimeError):
    """The server cannot store a file now; the message says so to a producer. Nothing was stored."""


def keep_file(storage: Storage, name: str, source: Path) -> str:
    """Store the file at `source` as `name`, which must be made from its content; give back the stored name.

    On a disk the name appears only when all bytes are there (linked or copied, flushed, then renamed). A file that
    is already there whole is left alone, but for its time: it is in use again, and no sweep shall take it meanwhile.
    Raises FilingError when the disk is full, read-only or away.
    """
    with _in_words():
        size = source.stat().st_size
        if storage.exists(name):
            if storage.size(name) == size:
                with suppress(OSError, NotImplementedError):
                    os.utime(storage.path(name))
                return name
            storage.delete(name)
        try:
            target = Path(storage.path(name))
        except NotImplementedError:  # object stores show a file only when it is whole
            with source.open("rb") as file:
                return storage.save(name, File(file))
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{uuid.uuid4().hex}.partial")
        try:
            _link_or_copy(source, partial)
            _flush(partial)
            partial.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        return name


def keep_bytes(storage: Storage, name: str, content: bytes) -> str:
    """As keep_file, for content in memory."""
    with scratch_file() as path:
        with _in_words():
            path.write_bytes(content)
        return keep_file(storage, name, path)


@contextmanager
def scratch_file(suffix: str = "") -> Iterator[Path]:
    """A path on the disk of the uploads that is gone afterwards."""
    with _in_words():
        folder = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=f"{suffix}.upload", dir=folder)
        os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def local_path(upload: File) -> Iterator[Path]:
    """The upload as a file on this machine; one that is in memory or elsewhere is copied for the while."""
    path = getattr(upload, "temporary_file_path", None)
    if callable(path):
        yield Path(path())
        return
    with scratch_file() as scratch:
        with _in_words(), scratch.open("wb") as out:
            upload.seek(0)
            shutil.copyfileobj(upload, out, _CHUNK)
        yield scratch


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        with source.open("rb") as old, target.open("xb") as new:
            shutil.copyfileobj(old, new, _CHUNK)


def _flush(path: Path) -> None:
    """To the disk: the row that will name the file is there after a power cut, and so must its bytes be."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def told(error: OSError) -> FilingError:
    """What went wrong with the disk, as a sentence for a producer."""
    reason = _REASONS.get(error.errno or 0, "its media folder does not answer")
    return FilingError(
        f"The server could not store the file: {reason}. Nothing was changed. "
        "Tell the person who runs the server, then upload again."
    )


def is_about_the_disk(error: Exception) -> bool:
    """Whether an error, of a library's own kind too, only says that the disk is full or closed."""
    return getattr(error, "errno", None) in _REASONS


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise told(error) from error
