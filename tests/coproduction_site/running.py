"""Start the whole site as `./run` does, in folders that go away, and see what becomes of its processes."""

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from coproduction_site import localdb
from tests.process_environment import of_a_site
from tests.ready_site import put_ready_database, put_ready_example, put_ready_static_files

PROJECT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own: root's database may have to run as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="coproduction-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def rows_of(database: str, statement: str) -> list[tuple]:
    """What the database at this address or DSN answers, on a connection of its own."""
    connection = psycopg2.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


class RunningSite:
    """One `python -m coproduction_site.server`; VAR_DIR marks every process that belongs to it."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.folder, self.port = folder, port
        self.var = folder / "var"
        self.environment = of_a_site(
            **{
                "VAR_DIR": str(self.var),
                "MEDIA_DIR": str(folder / "media"),
                "PORT": str(port),
                "WEB_PROCESSES": "1",
                **settings,
            }
        )
        self.process: subprocess.Popen[str] | None = None
        self.output = ""

    def make_ready(self, *, example: bool = False) -> None:
        """The first start will find its tables and static files, as a copy that was prepared before.

        With `example` also the example show, whose words are not looked for in its sound.
        """
        put_ready_static_files(self.var)
        if example:
            put_ready_example(self.var / "postgres", self.folder / "media")
        elif "DATABASE_URL" not in self.environment:
            put_ready_database(self.var / "postgres")

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "out").open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coproduction_site.server"],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def said(self) -> str:
        return (self.folder / "out").read_text()

    def wait_until_ready(self) -> str:
        def ready_or_ended() -> bool:
            return "Stop with Ctrl-C" in self.said() or self.process.poll() is not None

        wait_until(ready_or_ended, 90)
        assert self.process.poll() is None, self.said()
        return self.said()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)

    def processes(self) -> dict[int, str]:
        """Every living process that was started for this site, the database's included: pid → command line."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"VAR_DIR={self.var}".encode() in environment.split(b"\0") or str(self.var) in command:
                found[int(entry.name)] = command
        return found

    def status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def rows(self, statement: str) -> list[tuple]:
        """Asked of its own Postgres directly: a command would cost a second of processor time each time."""
        place = localdb.socket_folder(self.var / "postgres")
        return rows_of(f"host='{place}' user=postgres dbname=coproduction connect_timeout=10", statement)

    def manage(self, *words: str) -> str:
        return subprocess.check_output(
            [sys.executable, "manage.py", *words], cwd=PROJECT, env=self.environment, text=True, timeout=60
        )
