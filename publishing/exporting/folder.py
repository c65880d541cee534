"""A folder that is filled file by file, each whole, with a list of checksums that sha256sum can check."""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

MARK = "ABOUT-THIS-EXPORT.txt"
SUMS = "SHA256SUMS"
_CHUNK = 1 << 20


class ExportError(RuntimeError):
    """The folder cannot be filled; the message says why and what to do."""


class Folder:
    """`sums` are SHA-256 by path below the folder, of every file written or found the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sums: dict[str, str] = {}
        self.bytes_written = 0
        try:
            if path.exists() and not path.is_dir():
                raise ExportError(f"{path} is a file. Name a folder.")
            if path.is_dir() and any(path.iterdir()) and not (path / MARK).exists():
                raise ExportError(f"{path} holds other things. Name a new folder, or one of an earlier export.")
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _in_words(path, error) from error

    def write(self, name: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        self._put(name, [content], digest)

    def write_text(self, name: str, text: str) -> None:
        self.write(name, text.encode())

    def write_json(self, name: str, content: Any) -> None:
        self.write_text(name, json.dumps(content, ensure_ascii=False, indent=2) + "\n")

    def copy(self, name: str, source: IO[bytes], sha256: str = "") -> None:
        """Copy a file in; one that is there already with the same checksum, if that is known, is not copied again."""
        target = self.path / name
        if sha256 and target.is_file() and _sha256_of(target) == sha256:
            self.sums[name] = sha256
            return
        self._put(name, iter(lambda: source.read(_CHUNK), b""), sha256)

    def finish(self) -> None:
        """Remove what an earlier export left and this one did not write; then write the checksums."""
        for path in sorted(self.path.rglob("*"), reverse=True):
            name = path.relative_to(self.path).as_posix()
            if path.is_file() and name not in self.sums and name != SUMS:
                path.unlink()
            elif path.is_dir():
                with suppress(OSError):  # not empty
                    path.rmdir()
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self.sums.items())]
        self._put(SUMS, ["".join(lines).encode()], "")
        del self.sums[SUMS]

    def _put(self, name: str, chunks: Iterable[bytes], sha256: str) -> None:
        target = self.path / name
        partial = target.with_name(f".{target.name}.partial")
        digest = hashlib.sha256()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    out.write(chunk)
                    self.bytes_written += len(chunk)
            if sha256 and digest.hexdigest() != sha256:
                raise ExportError(f"{name} is not what it was when it was uploaded: its checksum differs.")
            os.replace(partial, target)
        except OSError as error:
            raise _in_words(target, error) from error
        finally:
            partial.unlink(missing_ok=True)
        self.sums[name] = digest.hexdigest()


def relative(name: str) -> str:
    """The path of a file of the export as a page beside it links to it."""
    return quote(name)


def _in_words(path: Path, error: OSError) -> ExportError:
    return ExportError(f"{path} cannot be written ({(error.strerror or str(error)).lower()}).")


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
