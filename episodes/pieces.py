"""Pieces of resumable uploads in the private store, so that any web server can take in the next one.

A piece's name says where in the file it begins and how long it is; how many bytes have arrived is the upload's row.
"""

import os
import re
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.core.files.storage import Storage
from django.utils import timezone

from episodes.filing import keep_bytes
from episodes.models import Upload
from episodes.models.fields import private_storage

FOLDER = "incoming"
_NAME = re.compile(r"(?P<token>[0-9a-f-]{36})\.(?P<start>\d+)\.(?P<size>\d+)")


class PieceError(ValueError):
    """The bytes do not continue what is there, or what is there has gaps."""


def lie_elsewhere() -> bool:
    """Whether audio is kept in a store beside the web servers, not on a disk that this one writes."""
    try:
        private_storage().path(FOLDER)
    except NotImplementedError:
        return True
    return False


def keep_piece(upload: Upload, start: int, content: bytes) -> int:
    """Store bytes that belong at `start` and give back how many have arrived now.

    Of two requests that send the same bytes at once one is refused. Raises PieceError, FilingError.
    """
    storage = private_storage()
    kept = keep_bytes(storage, f"{FOLDER}/{upload.pk}.{start}.{len(content)}", content)
    present = start + len(content)
    row = Upload.objects.filter(pk=upload.pk, received_bytes=start)
    if not row.update(received_bytes=present, changed_at=timezone.now()):
        if arrived(upload) < present:  # else the other request's piece has this very name
            storage.delete(kept)
        raise PieceError(f"The server has {arrived(upload)} bytes, not {start}.")
    return present


def arrived(upload: Upload) -> int:
    """How many bytes have arrived at any of the web servers."""
    return Upload.objects.filter(pk=upload.pk).values_list("received_bytes", flat=True).first() or 0


def gather(upload: Upload, target: Path) -> None:
    """Put a whole upload together in a file on this machine. Raises PieceError when a piece is gone, OSError."""
    if target.exists() and target.stat().st_size == upload.length_bytes:
        return
    storage = private_storage()
    chain = _chain(_found(storage, upload), upload.length_bytes)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{uuid.uuid4().hex}.upload")
    try:
        with partial.open("xb") as whole:
            for start, size in chain:
                with storage.open(f"{FOLDER}/{upload.pk}.{start}.{size}") as piece:
                    shutil.copyfileobj(piece, whole, 1 << 20)
        if partial.stat().st_size != upload.length_bytes:
            raise PieceError("What was put together is not as long as the file.")
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def forget_pieces(upload: Upload) -> None:
    storage = private_storage()
    for start, size in _found(storage, upload):
        storage.delete(f"{FOLDER}/{upload.pk}.{start}.{size}")


def _found(storage: Storage, upload: Upload) -> list[tuple[int, int]]:
    """Start and size of every piece of the upload in the store."""
    try:
        _, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    named = (_NAME.fullmatch(name) for name in names)
    return sorted((int(one["start"]), int(one["size"])) for one in named if one and one["token"] == str(upload.pk))


def _chain(pieces: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Pieces that follow one another from the first byte to the last.

    A server that died between storing a piece and saying so leaves one that the next attempt may not have used.
    """
    by_end: dict[int, list[tuple[int, int]]] = {0: []}
    for start, size in sorted(pieces):
        if start in by_end and size > 0:
            by_end.setdefault(start + size, [*by_end[start], (start, size)])
    if length not in by_end:
        raise PieceError("A piece of the file is missing.")
    return by_end[length]
