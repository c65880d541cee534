"""A run of bytes of an open file, as a WSGI server sends it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from downloads.delivery.byteranges import ByteRange

Closed = Callable[[int], None]


class BoundedFile:
    """The bytes of `part` and no more, readable or by file descriptor for sendfile.

    Servers without sendfile would read to the end of the file: `read()` stops at the range's end. `delivered` is how
    many bytes were handed to the connection; gunicorn's sendfile (socket.sendfile) says so by a last seek() to where it
    came, also when the connection broke. `on_close(delivered)` is called once.
    """

    def __init__(self, file: BinaryIO, part: ByteRange, on_close: Closed | None = None):
        self._file = file
        self.part = part
        self._on_close = on_close
        self.delivered = 0
        self._detached = False
        self._file.seek(part.first)

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        left = self.part.length - self.delivered
        data = self._file.read(left if size is None or size < 0 else min(size, left))
        self.delivered += len(data)
        return data

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        reached = self._file.seek(position, whence)
        self.delivered = min(max(reached - self.part.first, 0), self.part.length)
        return reached

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def detach(self) -> tuple[BinaryIO, Closed | None]:
        """Give the open file and the duty to say what was delivered to someone else; close() then does nothing."""
        file, on_close = self._file, self._on_close
        self._detached = True
        return file, on_close

    def close(self) -> None:
        if self._detached or self._file.closed:
            return
        self._file.close()
        if self._on_close:
            self._on_close(self.delivered)


def open_part(path: Path | str, part: ByteRange, on_close: Closed | None = None) -> BoundedFile:
    """Open the file unbuffered, placed at the range's first byte. Raises OSError as open() does."""
    return BoundedFile(open(path, "rb", buffering=0), part, on_close)
