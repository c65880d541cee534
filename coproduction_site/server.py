"""Run the whole site, web server and background worker, until told to stop.

`./run` ends here. The listening socket is opened first, so that of two starts at once exactly one goes on; it is
handed to gunicorn, so that a restarted web server loses no connection. Children run in sessions of their own: Ctrl-C
reaches this process only, which then stops them in order.
"""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from coproduction_site import localdb
from coproduction_site.env import EnvError
from coproduction_site.postgres.supervisor import die_with_the_parent

READY_SECONDS = 60
STOP_SECONDS = 20
STEADY_SECONDS = 60
MOST_RESTARTS = 5
LARGEST_LOG_BYTES = 10_000_000
PROJECT = Path(__file__).resolve().parent.parent


class StartError(RuntimeError):
    """The site cannot be started or kept running; the text is the sentence to show."""


class Child:
    """One long-running process of the site, restarted when it dies."""

    def __init__(self, name: str, command: list[str], log: Path, sockets: tuple[int, ...] = ()) -> None:
        self.name, self.log = name, log
        self._command, self._sockets = command, sockets
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._restarts = 0
        self._not_before = 0.0

    def start(self) -> None:
        self._started = time.monotonic()
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self._sockets,
                start_new_session=True,
                preexec_fn=die_with_the_parent(signal.SIGTERM),
            )

    def look_after(self) -> None:
        """Start it again when it has died: at once the first time, then with growing pauses.

        Raises StartError when it keeps dying.
        """
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self.kill()  # what it started and left behind
            self._process = None
            if time.monotonic() - self._started > STEADY_SECONDS:
                self._restarts = 0
            if self._restarts == MOST_RESTARTS:
                raise StartError(
                    f"The {self.name} stopped {MOST_RESTARTS + 1} times in a row; see the end of {self.log}."
                )
            self._not_before = time.monotonic() + 2**self._restarts - 1
            self._restarts += 1
            say(f"The {self.name} stopped ({in_words(code)}) and is started again; see {self.log}.")
        if time.monotonic() >= self._not_before:
            self.start()

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and everything in its session; a job cut off is delivered again at the next start."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return  # all of it is gone
            finally:
                self._process.wait()


class Stop:
    """True once this process was asked to stop; a second request means at once."""

    def __init__(self) -> None:
        self.requests = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.requests += 1

    def __bool__(self) -> bool:
        return self.requests > 0


def serve() -> None:
    """Prepare, start, say where the site is, and keep it running until a signal. Raises StartError and EnvError."""
    stop = Stop()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings")
    try:
        from django.conf import settings

        logs = Path(settings.VAR_DIR) / "log"
        logs.mkdir(parents=True, exist_ok=True)
        open_log(logs / "prepare.log").close()  # a folder that is there may still be read-only
    except OSError as error:
        raise StartError(
            f"{error.filename} cannot be written ({error.strerror}). Give yourself the right to write there, "
            "or use a copy of your own."
        ) from None
    entry = settings.DATABASES["default"]
    local = Path(entry["EMBEDDED"]["folder"]) if "EMBEDDED" in entry else None
    listener = listen(settings.HOST, settings.PORT)
    listening = listener.fileno()
    web, worker = (
        Child(
            "web server",
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", f"fd://{listening}"],
            logs / "web.log",
            (listening,),
        ),
        Child("background worker", [sys.executable, "manage.py", "start_qcluster"], logs / "worker.log"),
    )
    children: list[Child] = []
    preparation = Preparation(logs / "prepare.log")
    try:
        prepared_before = (Path(settings.VAR_DIR) / localdb.PREPARED).exists()
        away = use_local_database(local, prepared_before) if local else ""
        first_login = Path(settings.VAR_DIR) / "first-login.txt"
        known = first_login.exists()
        away = away or preparation.run(stop)
        if away:
            say(f"{away} The site starts without it: what is published goes out, all else waits until it answers.")
            preparation.begin("--wait")
        for child in [web] if away else [web, worker]:
            if not stop:
                child.start()
                children.append(child)
        if not stop:
            wait_until_it_answers(web, settings.HOST, settings.PORT, stop)
        if not stop:
            print(closing_message(settings.SITE_URL, settings.ADMIN_PATH, first_login, not known, logs), flush=True)
        while not stop:
            time.sleep(0.25)
            if worker not in children and preparation.has_succeeded():
                say("The database answers again, and the site is whole.")
                worker.start()
                children.append(worker)
            for child in children:
                child.look_after()
    finally:
        preparation.stop()
        listener.close()
        end(children, stop)
        if local is not None:
            localdb.stop_if_unused(local)
        give_to_owner(Path(settings.VAR_DIR), Path(settings.MEDIA_DIR))


def listen(host: str, port: int) -> socket.socket:
    """The site's own socket. Raises StartError when another program has the port, or it is not ours to take."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise StartError(
            f'HOST is "{host}", which is not an address. Use 127.0.0.1 for this machine only, 0.0.0.0 for all.'
        ) from None
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {port} is in use, perhaps by this very site: look at http://{for_browsers(host)}:{port}. "
                f"Stop the other program, or take another port: PORT={port + 1 if port < 65535 else 8000} ./run"
            ) from None
        if error.errno == errno.EACCES:
            raise StartError(f"Port {port} needs root's rights. Take one from 1024 on: PORT=8000 ./run") from None
        raise StartError(
            f'HOST is "{host}", and this machine cannot listen there ({error.strerror}). '
            "Use 127.0.0.1 for this machine only, 0.0.0.0 for all."
        ) from None
    return listener


class Preparation:
    """Migrations, example show, first login, static files: in a process that gives its memory back."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, stop: Stop) -> str:
        """Do it, and say why not when only the database is away and the site was prepared here before.

        Raises StartError for every other failure.
        """
        say("Preparing the site ...")
        self.begin()
        while not stop and not self._has_ended():
            time.sleep(0.05)
        if stop:
            self.stop()
            return ""
        assert self._process is not None
        if self._process.returncode == localdb.AWAY_EXIT_CODE:
            return last_line(self._log).removeprefix("CommandError: ")
        self._refuse_failure()
        return ""

    def begin(self, *options: str) -> None:
        with open_log(self._log) as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "prepare", *options],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_the_parent(signal.SIGTERM),
            )

    def has_succeeded(self) -> bool:
        """False while it goes on. Raises StartError when it failed."""
        if not self._has_ended():
            return False
        self._refuse_failure()
        return True

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _refuse_failure(self) -> None:
        if self._process is not None and self._process.returncode != 0:
            raise StartError(
                f"The site cannot be prepared. {last_line(self._log)} (The whole story is in {self._log}.)"
            )


def use_local_database(folder: Path, prepared_before: bool) -> str:
    """Have the embedded Postgres in use by this process, so that it outlives its children's restarts.

    Says why it cannot be, where the site was prepared before and so can go on without; else raises LocalDatabaseError.
    """
    try:
        localdb.ensure(folder)
    except localdb.LocalDatabaseError as error:
        if not prepared_before:
            raise
        return str(error)
    return ""


def wait_until_it_answers(web: Child, host: str, port: int, stop: Stop) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not stop:
        if web.has_ended():
            raise StartError(f"The web server stopped at once. {last_line(web.log)} (The whole story is in {web.log}.)")
        if time.monotonic() > deadline:
            raise StartError(f"The web server did not answer within {READY_SECONDS} seconds; see {web.log}.")
        connection = http.client.HTTPConnection(for_browsers(host), port, timeout=5)
        try:
            connection.request("GET", "/healthz/alive")
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()


def closing_message(site_url: str, admin_path: str, first_login: Path, new: bool, logs: Path) -> str:
    lines = [f"The site is ready: {site_url}", f"Producers sign in: {site_url}/{admin_path}/"]
    if new and first_login.exists():
        _, name, password = (line.partition(": ")[2] for line in first_login.read_text(encoding="utf-8").splitlines())
        lines.append(f"The first login:   {name}, password {password} (kept in {first_login})")
    elif first_login.exists():
        lines.append(f"The first login:   in {first_login}")
    lines.append(f"Logs: {logs}. Stop with Ctrl-C.")
    return "\n".join(lines)


def end(children: list[Child], stop: Stop) -> None:
    """Ask first; kill what has not ended in time, or when asked to stop once more."""
    for child in children:
        child.ask_to_stop()
    asked, deadline = stop.requests, time.monotonic() + STOP_SECONDS
    while not all(child.has_ended() for child in children):
        if time.monotonic() > deadline or stop.requests > asked:
            break
        time.sleep(0.05)
    for child in children:
        child.kill()


def give_to_owner(*folders: Path) -> None:
    """When root ran a copy that belongs to somebody else, what was written is theirs: they can go on with it."""
    owner = PROJECT.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            if path.lstat().st_uid == 0:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def for_browsers(host: str) -> str:
    """Where to reach a server that listens there: "every address" is none to call."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)


def open_log(path: Path) -> BinaryIO:
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "It said nothing."


def in_words(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    try:
        serve()
    except (EnvError, StartError, localdb.LocalDatabaseError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
