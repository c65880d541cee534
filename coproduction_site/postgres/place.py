"""The folder of the embedded Postgres: the one asked for, unless the server's own user could not enter it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

# Root's home is closed to all others, and Postgres refuses to run as root.
ROOTS_PLACE = Path("/var/lib")


def place(folder: Path) -> Path:
    """The folder itself; for root in a closed folder, where the kernel makes no user namespace, one in ROOTS_PLACE.

    That is the case in most containers. The name is made of the folder's own, so that it is the same at each start.
    """
    if os.geteuid() != 0 or (folder / "data").exists() or anybody_may_enter(folder) or _namespaces_are_made():
        return folder
    return ROOTS_PLACE / f"coproduction-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def anybody_may_enter(folder: Path) -> bool:
    """Whether the folder, or what will hold it, is open to every user; one that belongs to a user is open to them."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return existing[0].stat().st_uid != 0 or all(path.stat().st_mode & 0o001 for path in existing)


def _namespaces_are_made() -> bool:
    """Tried by another process: once inside a namespace there is no way back."""
    script = Path(__file__).parent / "supervisor.py"
    return subprocess.run([sys.executable, "-I", str(script), "try-namespace"], check=False).returncode == 0
