"""Delivery notes on local disk, on their way from the answer to the count."""

import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

# A writer changes to a new file this often; the counter takes files that are older by a margin.
FILE_SECONDS = 20
_MARGIN_SECONDS = 10


@dataclass(frozen=True)
class DeliveryNote:
    """What was asked and what went out, once it did.

    `at_ms`: start of the request, milliseconds since 1970. `client`: `DailySalts.key()`. `first`: first byte sent;
    `asked_last`: last byte the Range header named, None without one; `sent`: bytes delivered. `place`: "embed", "site",
    a web player's name, or "". `needed`: bytes that make a download of this audio.
    """

    at_ms: int
    episode: int
    audio: str
    audio_bytes: int
    needed: int
    client: str
    agent: str
    place: str
    method: str
    status: int
    first: int
    asked_last: int | None
    sent: int
    data_centre: bool
    source: str


@dataclass(frozen=True)
class FetchNote:
    """One fetch of a show's feed. `client`: `DailySalts.key()`."""

    at_ms: int
    show: int
    client: str
    agent: str


Note = TypeVar("Note", DeliveryNote, FetchNote)


class Spool:
    """An append-only file for each process and each 20 seconds, in one folder; `suffix` names the kind of notes.

    A note is one write() to an open file: it survives the death of the process from that moment, and no lock, database
    or other process can delay it. A note that cannot be written (disk full) is dropped: the audio matters more.
    """

    def __init__(self, folder: Path, suffix: str = "notes"):
        self.folder = folder
        self.suffix = suffix
        self._lock = Lock()
        self._file = -1
        self._slot = 0
        self._pid = 0

    def write(self, note: DeliveryNote | FetchNote) -> bool:
        line = json.dumps(astuple(note), ensure_ascii=True).encode() + b"\n"
        slot = int(time.time()) // FILE_SECONDS
        try:
            with self._lock:
                if slot != self._slot or self._pid != os.getpid():
                    self._open(slot)
                os.write(self._file, line)
            return True
        except OSError:
            self._slot = 0
            return False

    def _open(self, slot: int) -> None:
        if self._file >= 0 and self._pid == os.getpid():
            os.close(self._file)
        self._file = -1
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{slot * FILE_SECONDS}-{os.getpid()}-{secrets.token_hex(4)}.{self.suffix}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(self.folder / name, flags, 0o600)
        self._slot, self._pid = slot, os.getpid()

    def finished(self, now: float | None = None) -> list[Path]:
        """Files no writer will write to again, oldest first."""
        limit = (time.time() if now is None else now) - FILE_SECONDS - _MARGIN_SECONDS
        found = [
            (int(path.name.split("-")[0]), path)
            for path in self.folder.glob(f"*.{self.suffix}")
            if path.name.split("-")[0].isdigit()
        ]
        return [path for started, path in sorted(found) if started <= limit]


def read_notes(path: Path, kind: type[Note]) -> Iterator[Note]:
    """Read a spool file; a last line cut short by a crash is left out."""
    with path.open("rb") as file:
        for line in file:
            try:
                yield kind(*json.loads(line))
            except (ValueError, TypeError):
                continue
