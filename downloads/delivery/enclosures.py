"""The list of published audio on local disk, from which audio flows while the database does not answer."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock


@dataclass(frozen=True)
class AudioFile:
    """What is sent. `file`: name in the private storage. `needed`: bytes that make a download."""

    file: str
    audio_bytes: int
    mime: str
    sha256: str
    extension: str
    needed: int
    changed_at: datetime


@dataclass(frozen=True)
class Enclosure(AudioFile):
    """One audio file as a public episode offers it; everything an answer needs.

    `former`: sha8 of the episode's earlier audio, whose addresses lead here. Moments are aware UTC; the episode is
    published from `published_at` on. Whatever is delivered of `small`, the same sound in a smaller file at an address
    of its own, counts for the same episode.
    """

    episode: int
    show_slug: str
    slug: str
    published_at: datetime
    title: str
    former: tuple[str, ...] = ()
    small: AudioFile | None = None

    @property
    def sha8(self) -> str:
        return self.sha256[:8]

    @property
    def etag(self) -> str:
        return f'"{self.sha256}"'

    def at(self, sha8: str, extension: str) -> "Enclosure | None":
        """The file with this address: this one, the smaller one, or none of them."""
        if (self.sha8, self.extension) == (sha8, extension):
            return self
        small = self._as_small()
        return small if small and (small.sha8, small.extension) == (sha8, extension) else None

    def instead_of(self, extension: str) -> "Enclosure":
        """What stands today for a file of former times: the smaller one for a smaller one, if there is one."""
        small = self._as_small()
        return small if small and small.extension == extension else self

    def files(self) -> "list[Enclosure]":
        small = self._as_small()
        return [self, small] if small else [self]

    def _as_small(self) -> "Enclosure | None":
        return replace(self, **vars(self.small), small=None) if self.small else None

    def is_out(self, now: datetime) -> bool:
        return self.published_at <= now


class EnclosureList:
    """A JSON file, replaced atomically, read anew by each process when it has changed."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._by_address: dict[tuple[str, str], Enclosure] = {}

    def version(self) -> tuple[int, int, int] | None:
        """Changes whenever the file was replaced, by whichever process; None without a file."""
        try:
            stat = os.stat(self.path)
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def find(self, show_slug: str, slug: str) -> Enclosure | None:
        """What the file says of the episode at this address, published or only scheduled."""
        version = self.version()
        if version != self._seen:
            with self._lock:
                self._by_address = {(one.show_slug, one.slug): one for one in self._read()}
                self._seen = version
        return self._by_address.get((show_slug, slug))

    def all(self) -> list[Enclosure]:
        return self._read()

    def replace(self, enclosures: Iterable[Enclosure]) -> bool:
        """Write the whole list, if it differs from what is there; True when it did."""
        ordered = sorted(enclosures, key=lambda one: one.episode)
        text = json.dumps([_to_json(one) for one in ordered], ensure_ascii=False, indent=0).encode()
        try:
            if self.path.read_bytes() == text:
                return False
        except OSError:
            pass  # no list yet, or one that cannot be read: write it
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)
        return True

    def _read(self) -> list[Enclosure]:
        try:
            return [_from_json(one) for one in json.loads(self.path.read_bytes())]
        except (OSError, ValueError, KeyError, TypeError):
            return []


def _to_json(one: Enclosure) -> dict[str, object]:
    written = asdict(one)
    if one.small:
        written["small"]["changed_at"] = one.small.changed_at.astimezone(UTC).isoformat()
    return {
        **written,
        "changed_at": one.changed_at.astimezone(UTC).isoformat(),
        "published_at": one.published_at.astimezone(UTC).isoformat(),
    }


def _from_json(data: dict) -> Enclosure:
    small = data.get("small")  # a list of before knows none
    return Enclosure(
        **{
            **data,
            "changed_at": datetime.fromisoformat(data["changed_at"]),
            "published_at": datetime.fromisoformat(data["published_at"]),
            "former": tuple(data["former"]),
            "small": AudioFile(**{**small, "changed_at": datetime.fromisoformat(small["changed_at"])})
            if small
            else None,
        }
    )
