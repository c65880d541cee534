"""A Postgres of its own for one running site, which a test may kill, hold still and start again."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from coproduction_site import localdb
from tests.ready_site import put_ready_database, put_ready_example


class ForcedPostgres:
    """The embedded Postgres in `folder`, reached by DATABASE_URL as any other: nobody starts it but the test.

    With `ready` its tables are there, and empty; or they hold the example show, whose files go to `example_media`.
    """

    def __init__(self, folder: Path, ready: bool = True, example_media: Path | None = None) -> None:
        self.folder = folder
        if example_media:
            put_ready_example(folder, example_media)
        elif ready:
            put_ready_database(folder)
        localdb.ensure(folder)

    @property
    def url(self) -> str:
        return f"postgres://postgres@/coproduction?host={quote(str(localdb.socket_folder(self.folder)), safe='')}"

    def hold(self) -> None:
        """Stop every process where it stands: connections are taken, and nothing is answered."""
        self._signal(signal.SIGSTOP, self._server())

    def go_on(self) -> None:
        self._signal(signal.SIGCONT, self._server())

    def kill(self) -> None:
        """As the kernel does when memory is short, only to all at once, and to who would start it again."""
        self._signal(signal.SIGKILL, [*self._supervisor(), *self._server()])

    def start(self) -> None:
        localdb.ensure(self.folder, again=True)

    def close(self) -> None:
        with suppress(AssertionError):
            self.go_on()
        localdb.stop_if_unused(self.folder)

    def _supervisor(self) -> list[int]:
        return [
            pid for pid, (_, command) in _processes().items() if "supervisor.py" in command and self._is_of(command)
        ]

    def _server(self) -> list[int]:
        found = _processes()
        heads = [pid for pid, (_, command) in found.items() if "postgres -D" in command and self._is_of(command)]
        assert heads, "this Postgres does not run"
        return [*heads, *(pid for pid, (parent, _) in found.items() if parent in heads)]

    def _is_of(self, command: str) -> bool:
        return str(self.folder) in command

    def _signal(self, number: signal.Signals, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _processes() -> dict[int, tuple[int, str]]:
    """pid → (parent's pid, command line) of everything that runs."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            found[int(entry.name)] = (parent, command)
    return found
