"""Take in a large file piece by piece, so that a broken connection costs only the piece on its way.

The bytes lie in the folder of incoming files. Where audio is kept in an object store they go there, since the next
piece may reach another web server (episodes.pieces).
"""

import errno
import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import UnreadablePostError
from django.utils import timezone

from episodes import pieces
from episodes.filing import FilingError
from episodes.models import Upload

logger = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(days=2)
MOST_OPEN_UPLOADS = 10
_CHUNK = 1 << 16
# What is held in memory on its way to an object store, and lost when a server dies.
_STORED_AT_ONCE = 8 << 20


class UploadError(ValueError):
    """The upload cannot go on; `status` is HTTP's word for why, the message a producer's."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.status = status


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ArrivedFile(File):
    """A whole upload, lying where it arrived; steps keep it by a link, not by a second copy."""

    def __init__(self, path: Path, name: str):
        super().__init__(None, name or "upload")
        self._path = path
        self.size = path.stat().st_size

    def temporary_file_path(self) -> str:
        return str(self._path)


def most_bytes() -> int:
    return settings.AUDIO_MAX_MB * 1_000_000


def begin_upload(user: User, length: int, name: str) -> Upload:
    """Announce a file of `length` bytes; of too many open ones the oldest are forgotten. Raises UploadError."""
    if length <= 0:
        raise UploadError("This file is empty (0 bytes). Export it again.", 400)
    if length > most_bytes():
        raise UploadError(
            f"This file has {length / 1e6:,.0f} MB; {settings.AUDIO_MAX_MB} MB are the limit here. "
            "Export it as MP3 with 96 kbit/s mono or 128 kbit/s stereo.",
            413,
        )
    sweep_uploads(owner=user)
    open_now = Upload.objects.filter(owner=user).order_by("-created_at")
    for forgotten in list(open_now[MOST_OPEN_UPLOADS - 1 :]):
        discard_upload(forgotten)
    with transaction.atomic(), _disk_in_words():  # a row only with its file
        upload = Upload.objects.create(owner=user, length_bytes=length, name=name[:255])
        if not pieces.lie_elsewhere():
            path_of(upload).parent.mkdir(parents=True, exist_ok=True)
            path_of(upload).touch(mode=0o600, exist_ok=False)
    return upload


def find_upload(user: User, token: Any) -> Upload:
    """The user's own upload; anybody else's does not exist for them. Raises UploadError (404)."""
    try:
        upload = Upload.objects.filter(owner=user, pk=UUID(str(token))).first()
    except (ValueError, ValidationError):
        upload = None
    if upload is None or not (pieces.lie_elsewhere() or path_of(upload).exists()):
        raise UploadError("This upload is no longer here. Choose the file again.", 404)
    return upload


def path_of(upload: Upload) -> Path:
    """Where its bytes are on this machine; of one whose pieces lie elsewhere, once it was gathered."""
    if pieces.lie_elsewhere():
        return Path(settings.FILE_UPLOAD_TEMP_DIR) / f"{upload.pk}.upload"  # a leftover like any other
    return Path(settings.FILE_UPLOAD_TEMP_DIR) / f"tus-{upload.pk}.upload"


def offset_of(upload: Upload) -> int:
    """How many bytes have arrived, as the disk knows it: true also after a killed worker."""
    if pieces.lie_elsewhere():
        return pieces.arrived(upload)
    return path_of(upload).stat().st_size


def append(upload: Upload, offset: int, body: Readable) -> int:
    """Add what the request brings, from `offset` on, and give back the new offset.

    When the sender leaves, what arrived is kept. Raises UploadError: 409 wrong offset, 413 too much, 423 another
    request is writing, 507 disk full.
    """
    if pieces.lie_elsewhere():
        return _append_elsewhere(upload, offset, body)
    with _disk_in_words(), path_of(upload).open("r+b") as file:
        with _locked(file):
            present = file.seek(0, 2)
            if offset != present:
                raise UploadError(f"The server has {present} bytes, not {offset}.", 409)
            for piece in _pieces(body):
                if present + len(piece) > upload.length_bytes:
                    raise UploadError("More arrived than was announced. Choose the file again.", 413)
                file.write(piece)
                present += len(piece)
            file.flush()
        Upload.objects.filter(pk=upload.pk).update(received_bytes=present, changed_at=timezone.now())
    upload.received_bytes = present
    return present


def open_arrived(user: User, token: Any) -> ArrivedFile:
    """The whole file of an upload. Raises UploadError when it is not whole or not this user's."""
    upload = find_upload(user, token)
    return ArrivedFile(arrived_path(upload), upload.name)


def arrived_path(upload: Upload) -> Path:
    """The whole file on this machine. Raises UploadError when it is not whole, or cannot be put together now."""
    if offset_of(upload) != upload.length_bytes:
        raise UploadError("The file has not arrived whole yet. Wait for the end of the upload, then save again.", 409)
    if pieces.lie_elsewhere():
        try:
            with _disk_in_words():
                pieces.gather(upload, path_of(upload))
        except pieces.PieceError as error:
            logger.warning("Upload %s: %s", upload.pk, error)
            raise UploadError("Part of this upload is no longer here. Choose the file again.", 409) from error
    return path_of(upload)


def discard_upload(upload: Upload) -> None:
    path_of(upload).unlink(missing_ok=True)
    if pieces.lie_elsewhere():
        try:
            pieces.forget_pieces(upload)
        except OSError:
            logger.warning("The pieces of upload %s stay in the store until they are swept.", upload.pk)
    upload.delete()


def sweep_uploads(owner: User | None = None) -> int:
    """Remove uploads nobody went on with for two days; their number."""
    stale = Upload.objects.filter(changed_at__lt=timezone.now() - ABANDONED_AFTER)
    stale = stale.filter(owner=owner) if owner is not None else stale
    count = 0
    for upload in stale:
        discard_upload(upload)
        count += 1
    return count


def _append_elsewhere(upload: Upload, offset: int, body: Readable) -> int:
    present = pieces.arrived(upload)
    if offset != present:
        raise UploadError(f"The server has {present} bytes, not {offset}.", 409)
    waiting = bytearray()
    try:
        for piece in _pieces(body):
            if present + len(waiting) + len(piece) > upload.length_bytes:
                raise UploadError("More arrived than was announced. Choose the file again.", 413)
            waiting += piece
            if len(waiting) >= _STORED_AT_ONCE:
                present = pieces.keep_piece(upload, present, bytes(waiting))
                waiting.clear()
        if waiting:
            present = pieces.keep_piece(upload, present, bytes(waiting))
    except pieces.PieceError as error:
        raise UploadError(str(error), 409) from error
    except FilingError as error:
        raise UploadError(str(error), 507) from error
    upload.received_bytes = present
    return present


def _pieces(body: Readable) -> Iterator[bytes]:
    while True:
        try:
            piece = body.read(_CHUNK)
        except (UnreadablePostError, ConnectionError, TimeoutError):
            logger.info("An upload was interrupted; what arrived is kept.")
            return
        if not piece:
            return
        yield piece


@contextmanager
def _locked(file: Any) -> Iterator[None]:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UploadError("Another request is still writing this upload.", 423) from error
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _disk_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "its disk is full" if full else "it may not write into its folder for uploads"
        raise UploadError(
            f"The server could not take the file in: {reason}. Tell the person who runs it, then try again.", 507
        ) from error
