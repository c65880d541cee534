"""A wire between a web server and the test's Postgres that the test can cut or hold still, as a stopped server does."""

import os
import select
import socket
import threading
from contextlib import suppress
from pathlib import Path

from django.db import connection


class Wire:
    """A Unix socket in `folder` that leads to the test's Postgres.

    `cut` ends all connections and takes no new ones (the server is gone); `hold` takes them and answers nothing (the
    server is stopped in its tracks); `mend` makes it a wire again.
    """

    def __init__(self, folder: Path) -> None:
        parameters = connection.get_connection_params()
        self._host, self._port = str(parameters["host"]), str(parameters.get("port") or 5432)
        self.folder = folder
        self._path = folder / f".s.PGSQL.{self._port}"
        self._moving = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener: socket.socket | None = None
        self.mend()

    @property
    def environment(self) -> dict[str, str]:
        return {"TEST_DATABASE_HOST": str(self.folder)}

    def mend(self) -> None:
        self._moving.set()
        if self._listener is None:
            self._path.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._path))
            self._listener.listen(64)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def hold(self) -> None:
        self._moving.clear()

    def cut(self) -> None:
        self._moving.set()
        if self._listener is not None:
            _shut(self._listener)  # which also wakes the thread that waits in accept
            self._listener = None
            self._path.unlink(missing_ok=True)
        for pair in self._pairs:
            for end in pair:
                _shut(end)
        self._pairs.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                ours, _ = listener.accept()
            except OSError:
                return
            theirs = socket.socket(socket.AF_UNIX)
            theirs.connect(os.path.join(self._host, f".s.PGSQL.{self._port}"))
            self._pairs.append((ours, theirs))
            threading.Thread(target=self._carry, args=(ours, theirs), daemon=True).start()

    def _carry(self, ours: socket.socket, theirs: socket.socket) -> None:
        other = {ours: theirs, theirs: ours}
        try:
            while True:
                ready, _, _ = select.select([ours, theirs], [], [])
                self._moving.wait()
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    other[end].sendall(data)
        except (OSError, ValueError):
            return
        finally:
            _shut(ours)
            _shut(theirs)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
