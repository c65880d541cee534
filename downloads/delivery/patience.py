"""Asking the database without waiting for one that is stopped, locked or gone."""

import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

# How long the database may think before it counts as silent: little where another answer is at hand, else more.
SHORT_SECONDS = 0.5
LONG_SECONDS = 5.0
_JUST_NOW_SECONDS = 1.0

Found = TypeVar("Found")


class Silent(Exception):
    """The database does not answer now."""


class _TooSlow(OperationalError):
    """No connection came about in time."""


class _Wire:
    """A connection's socket under a descriptor of our own, so that it still means this socket when it is cut."""

    __slots__ = ("_descriptor", "of")

    def __init__(self, connection: Any) -> None:
        self.of = weakref.ref(connection)
        self._descriptor = os.dup(connection.fileno())

    def cut(self) -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(self._descriptor)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def __del__(self) -> None:
        with suppress(OSError, AttributeError):
            os.close(self._descriptor)


class _Wait:
    __slots__ = ("until", "wire")

    def __init__(self, wire: _Wire, until: float) -> None:
        self.wire = wire
        self.until = until


class _Waits:
    """The waits of this process, watched by one thread that lives while there are any.

    A feed that has not changed costs one question, so beginning and ending a wait is one change of a set each, which
    Python does whole: a lock, a descriptor or a timer for each would let other threads in between and cost more than
    the question.
    """

    def __init__(self) -> None:
        self._open: set[_Wait] = set()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._of_thread = threading.local()

    def begin(self, wrapper: BaseDatabaseWrapper, seconds: float) -> _Wait:
        """Cut this thread's connection unless `end` comes within so long."""
        wire: _Wire | None = getattr(self._of_thread, "wire", None)
        if wire is None or wire.of() is not wrapper.connection:
            with wrapper.wrap_database_errors:
                wire = self._of_thread.wire = _Wire(wrapper.connection)
        wait = _Wait(wire, time.monotonic() + seconds)
        self._open.add(wait)
        # Looked at only now: a watcher that ends says so first, and then looks for waits once more.
        if self._watcher is None:
            self._start()
        return wait

    def end(self, wait: _Wait) -> bool:
        """Whether the wait ended in time."""
        try:
            self._open.remove(wait)
        except KeyError:
            return False
        return True

    def forget(self) -> None:
        """In a process just forked: neither the threads nor the questions of its parent are its own."""
        self.__init__()  # type: ignore[misc]  # all of it is to begin anew

    def _start(self) -> None:
        with self._lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="database-patience", daemon=True)
                self._watcher.start()

    def _watch(self) -> None:
        idle_since = time.monotonic()
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            now = time.monotonic()
            for wait in self._open.copy():
                if wait.until < now and self.end(wait):
                    wait.wire.cut()
            if self._open:
                idle_since = now
            elif now - idle_since > _WATCH_ON_SECONDS:
                self._watcher = None
                if self._open:
                    self._start()
                return


_LOOK_EVERY_SECONDS = 0.1
_WATCH_ON_SECONDS = 10.0
_waits = _Waits()
os.register_at_fork(after_in_child=_waits.forget)


def patience(seconds: float = SHORT_SECONDS) -> "_Patience":
    """Cut the database connection when a query takes too long, so that a hanging server answers with an error.

    psycopg2 waits without end on a server that is stopped or locked; closing the socket under it ends the wait.
    """
    return _Patience(seconds)


class _Patience:
    """What `with patience():` does; a generator would cost as much again."""

    __slots__ = ("_begins", "_seconds", "_wait", "_wrapper")

    def __init__(self, seconds: float, begins: bool = False) -> None:
        self._seconds = seconds
        self._begins = begins

    def __enter__(self) -> BaseDatabaseWrapper:
        wrapper = self._wrapper = _connected(self._seconds, self._begins)
        # The check before a request's first query would reconnect to a hanging server, and that wait cannot be cut.
        wrapper.health_check_done = True  # type: ignore[attr-defined]  # missing from the stubs
        self._wait = _waits.begin(wrapper, self._seconds)
        return wrapper

    def __exit__(self, *raised: object) -> None:
        if not _waits.end(self._wait):
            self._wrapper.close()


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


def _connected(seconds: float, begins: bool = False) -> BaseDatabaseWrapper:
    """This thread's database, connected. Raises what connecting raises, or OperationalError after so long.

    `begins`: a request begins with this, so a connection that is broken or old enough is left, as Django would.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    if begins:
        wrapper.close_if_unusable_or_obsolete()
    if wrapper.connection is not None:
        return wrapper
    attempt = _Attempt(wrapper)
    if not attempt.done.wait(seconds) and attempt.abandon():
        # The wrapper belongs to the attempt now; this thread begins anew when it next asks.
        del connections[DEFAULT_DB_ALIAS]
        raise _TooSlow("The database did not take a connection in time.")
    if attempt.error:
        raise attempt.error
    return wrapper


class Breaker:
    """Remembers that the database is silent, and asks it again in the background, never on a listener's time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered_at = 0.0
        self.is_open = False

    def ask(self, question: Callable[[], Found], seconds: float = SHORT_SECONDS) -> Found:
        """Answer a question that queries the database, or raise Silent: at once while it is known to be silent.

        Raises what the question raises besides: a full disk and a value that was refused say nothing of the database.
        """
        return self._ask(lambda _: question(), seconds)

    def row(self, sql: str, parameters: Sequence[Any], *, begins: bool = False) -> tuple[Any, ...] | None:
        """The first row of a small question, or Silent, by the shortest way: past Django's cursor, which costs more
        than the question. `begins`: what Django does at the beginning of a request is still to be done.
        """
        rows = self.rows(sql, parameters, begins=begins)
        return rows[0] if rows else None

    def rows(self, sql: str, parameters: Sequence[Any] = (), *, begins: bool = False) -> list[tuple[Any, ...]]:
        """All rows of a small question; else as row()."""
        return self._ask(lambda wrapper: _all_rows(wrapper, sql, parameters), begins=begins)

    def _ask(
        self, question: Callable[[BaseDatabaseWrapper], Found], seconds: float = SHORT_SECONDS, *, begins: bool = False
    ) -> Found:
        if self.is_open:
            raise Silent
        connected = False
        try:
            with _Patience(seconds, begins) as wrapper:
                connected = True
                found = question(wrapper)
            self._answered_at = time.monotonic()
            return found
        except (DataError, IntegrityError):
            raise  # an answer: a value was refused
        except (DatabaseError, InterfaceError, OSError) as error:
            if connected and isinstance(error, OSError):
                raise
            if isinstance(error, _TooSlow) and time.monotonic() - self._answered_at < _JUST_NOW_SECONDS:
                raise Silent from error  # for this one only: others are being answered, the machine is busy
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


def _all_rows(wrapper: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]]
    if wrapper.force_debug_cursor or wrapper.execute_wrappers:  # somebody counts the queries
        with wrapper.cursor() as counted:
            counted.execute(sql, parameters)
            found = counted.fetchall()
    else:
        with wrapper.wrap_database_errors:
            cursor = wrapper.connection.cursor()
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
            cursor.close()
    return found


def _is_local_database_error(error: RuntimeError) -> bool:
    """Whether the embedded Postgres cannot be started; its error lives in the porch, which no room imports."""
    return type(error).__name__ == "LocalDatabaseError"


breaker = Breaker()
