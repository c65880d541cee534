"""A tar file whose every member has a checksum, written and read as a stream."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

# Says how far the work is, in a sentence.
Tell = Callable[[str], None]
FORMAT = 1
ABOUT, MANIFEST = "about.json", "manifest.json"
_CHUNK = 1 << 20
_MOST_JSON_BYTES = 512_000_000


class BackupError(RuntimeError):
    """The backup cannot be written, read or used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    sha256: str
    size: int


@dataclass(slots=True)
class Manifest:
    """The last member: what stands before it. `tables` are rows by table, `sequences` [name, last value, is called]."""

    members: dict[str, Member] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    sequences: list[tuple[str, int, bool]] = field(default_factory=list)
    missing_files: list[str] = field(default_factory=list)

    @property
    def file_bytes(self) -> int:
        return sum(member.size for name, member in self.members.items() if name.startswith("files/"))


class Writer:
    """Adds members to a stream, adding up their checksums; `about` comes first, the manifest last, on a good end."""

    def __init__(self, out: IO[bytes], about: dict[str, Any]) -> None:
        # PAX: names of any length and letter, files of any size.
        self._tar = tarfile.open(  # noqa: SIM115 (closed by __exit__)
            fileobj=out, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK
        )
        self.manifest = Manifest()
        self._add_bytes(ABOUT, _json({"format": FORMAT, **about}))

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Raises BackupError when the source is shorter than `size`: a half file in a backup is worse than none."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(source)
        try:
            self._tar.addfile(info, hashing)
        except OSError as error:
            if hashing.size < size and error.errno is None:
                raise BackupError(f"{name} became shorter while it was read. Start the backup again.") from error
            raise
        self.manifest.members[name] = Member(hashing.sha256, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self._add_bytes(MANIFEST, _json(asdict(self.manifest)))
                self._tar.close()
        finally:
            with suppress(OSError, ValueError):  # after a failure the stream is let go: nobody takes it for a backup
                self._tar.close()

    def _add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


@contextmanager
def reading(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes], int]]]:
    """The members in order as (name, file, size); each file is good until the next one is taken. Raises BackupError."""
    try:
        with tarfile.open(path, mode="r|", bufsize=_CHUNK) as tar:
            yield _members(tar, path)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is no backup of this site, or it is cut off: {error}.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error


def check(path: Path, tell: Callable[[int], None] = lambda size: None) -> tuple[dict[str, Any], Manifest]:
    """Read the whole archive and compare every checksum; what it says of itself. `tell` gets the bytes read since.

    Raises BackupError, naming the first member that is not as it was written.
    """
    about: dict[str, Any] = {}
    manifest: Manifest | None = None
    found: dict[str, Member] = {}
    with reading(path) as members:
        for name, source, size in members:
            hashing = _Hashing(source)
            if name in (ABOUT, MANIFEST):
                content = _load(hashing.read(min(size, _MOST_JSON_BYTES)), path)
                if name == ABOUT:
                    about = content
                else:
                    manifest = _manifest_of(content, path)
                    break
            while hashing.read(_CHUNK):
                pass
            found[name] = Member(hashing.sha256, hashing.size)
            tell(size)
    if about.get("format") != FORMAT:
        raise BackupError(f"{path} is no backup of this site, or one of a later version of it. Update the site first.")
    if manifest is None:
        raise BackupError(f"{path} ends before its table of contents: it was cut off. Use another backup.")
    for name, member in manifest.members.items():
        if found.get(name) != member:
            raise BackupError(f"{name} in {path} is not as it was written: the file is damaged. Use another backup.")
    return about, manifest


def _members(tar: tarfile.TarFile, path: Path) -> Iterator[tuple[str, IO[bytes], int]]:
    for info in tar:
        source = tar.extractfile(info) if info.isreg() else None
        # Names are ours: no links, no folders, nothing that could lead out of the storages.
        if source is None or info.name.startswith("/") or ".." in info.name.split("/"):
            raise BackupError(f"{path} holds {info.name[:80]!r}, which no backup of this site does.")
        with suppress(tarfile.StreamError):
            yield info.name, source, info.size


def _manifest_of(content: dict[str, Any], path: Path) -> Manifest:
    try:
        return Manifest(
            members={name: Member(**member) for name, member in content["members"].items()},
            tables=content["tables"],
            sequences=[(name, last, called) for name, last, called in content["sequences"]],
            missing_files=content["missing_files"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(f"The table of contents of {path} cannot be read. Use another backup.") from error


def _load(content: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise BackupError(f"{path} is no backup of this site, or it is damaged.") from error
    return found if isinstance(found, dict) else {}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


class _Hashing:
    """Reads on, adding up."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._digest, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
