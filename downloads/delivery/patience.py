"""Asking the database without waiting for one that is stopped, locked or gone."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

# How long the database may think before it counts as silent: little where another answer is at hand, else more.
SHORT_SECONDS = 0.5
LONG_SECONDS = 5.0

Found = TypeVar("Found")


class Silent(Exception):
    """The database does not answer now."""


class _Waits:
    """The waits of this process, watched by one thread that lives while there are any: a timer for each would cost
    more than the question it guards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[int, float] = {}
        self._watcher: threading.Thread | None = None

    def begin(self, descriptor: int, seconds: float) -> None:
        with self._lock:
            self._until[descriptor] = time.monotonic() + seconds
            # A thread of the process we were forked from does not live here.
            if self._watcher is None or not self._watcher.is_alive():
                self._watcher = threading.Thread(target=self._watch, name="database-patience", daemon=True)
                self._watcher.start()

    def end(self, descriptor: int) -> bool:
        """Whether the wait ended in time."""
        with self._lock:
            return self._until.pop(descriptor, None) is not None

    def _watch(self) -> None:
        idle_since = time.monotonic()
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            now = time.monotonic()
            with self._lock:
                for descriptor in [one for one, until in self._until.items() if until < now]:
                    del self._until[descriptor]
                    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as wire:
                        wire.shutdown(socket.SHUT_RDWR)
                if self._until:
                    idle_since = now
                elif now - idle_since > _WATCH_ON_SECONDS:
                    self._watcher = None
                    return


_LOOK_EVERY_SECONDS = 0.1
_WATCH_ON_SECONDS = 10.0
_waits = _Waits()


@contextmanager
def patience(seconds: float = SHORT_SECONDS) -> Iterator[None]:
    """Cut the database connection when a query takes too long, so that a hanging server answers with an error.

    psycopg2 waits without end on a server that is stopped or locked; closing the socket under it ends the wait.
    """
    _connect(seconds)
    # The check before a request's first query would reconnect to a hanging server, and that wait cannot be cut.
    connection.health_check_done = True  # type: ignore[attr-defined]  # missing from the stubs
    # Of our own, so that it still means this socket when the question closes the connection.
    descriptor = os.dup(connection.connection.fileno())
    _waits.begin(descriptor, seconds)
    try:
        yield
    finally:
        in_time = _waits.end(descriptor)
        os.close(descriptor)
        if not in_time:
            connection.close()


class _Attempt:
    """Connecting in a thread of its own: a stopped server may hold it for minutes, and that wait cannot be cut."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self._wrapper = wrapper
        self._lock = threading.Lock()
        self._abandoned = False
        self.error: BaseException | None = None
        self.done = threading.Event()
        threading.Thread(target=self._run, name="database-connecting", daemon=True).start()

    def abandon(self) -> bool:
        """Leave the attempt to itself; False when it has just come to its end."""
        with self._lock:
            self._abandoned = not self.done.is_set()
            return self._abandoned

    def _run(self) -> None:
        self._wrapper.inc_thread_sharing()
        try:
            self._wrapper.ensure_connection()
        except BaseException as error:
            self.error = error
        with self._lock:
            self.done.set()
            if self._abandoned:
                self._wrapper.close()
        self._wrapper.dec_thread_sharing()


def _connect(seconds: float) -> None:
    """Have this thread connected to the database. Raises what connecting raises, or OperationalError after so long."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.connection is not None:
        return
    attempt = _Attempt(wrapper)
    if not attempt.done.wait(seconds) and attempt.abandon():
        # The wrapper belongs to the attempt now; this thread begins anew when it next asks.
        del connections[DEFAULT_DB_ALIAS]
        raise OperationalError("The database did not take a connection in time.")
    if attempt.error:
        raise attempt.error


class Breaker:
    """Remembers that the database is silent, and asks it again in the background, never on a listener's time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.is_open = False

    def ask(self, question: Callable[[], Found], seconds: float = SHORT_SECONDS) -> Found:
        """Answer a question that queries the database, or raise Silent: at once while it is known to be silent."""
        if self.is_open:
            raise Silent
        try:
            with patience(seconds):
                return question()
        except (DatabaseError, InterfaceError, OSError) as error:
            self._open(error)
            raise Silent from error
        except RuntimeError as error:
            if not _is_local_database_error(error):
                raise
            self._open(error)
            raise Silent from error

    def _open(self, error: Exception) -> None:
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
        logger.warning("The database does not answer; audio flows by the list on disk. (%s)", type(error).__name__)
        threading.Thread(target=self._ask_again, name="ask-database-again", daemon=True).start()

    def _ask_again(self) -> None:
        while self.is_open:
            time.sleep(1)
            try:
                with patience(SHORT_SECONDS), connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                self.is_open = False
            except (DatabaseError, InterfaceError, OSError):
                continue
            except RuntimeError as error:
                if not _is_local_database_error(error):
                    raise
            finally:
                connection.close()
        logger.warning("The database answers again.")


def _is_local_database_error(error: RuntimeError) -> bool:
    """Whether the embedded Postgres cannot be started; its error lives in the porch, which no room imports."""
    return type(error).__name__ == "LocalDatabaseError"


breaker = Breaker()
