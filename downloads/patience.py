"""Asking the database without waiting for one that is stopped, locked or gone."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

logger = logging.getLogger(__name__)

# How long the database may think before it counts as silent.
PATIENCE_SECONDS = 0.5

Found = TypeVar("Found")


class Silent(Exception):
    """The database does not answer now."""


@contextmanager
def patience() -> Iterator[None]:
    """Cut the database connection when a query takes too long, so that a hanging server answers with an error.

    psycopg2 waits without end on a server that is stopped or locked; closing the socket under it ends the wait.
    """
    connection.ensure_connection()
    # The check before a request's first query would reconnect to a hanging server, and that wait cannot be cut.
    connection.health_check_done = True  # type: ignore[attr-defined]  # missing from the stubs
    done = threading.Lock()
    descriptor = os.dup(connection.connection.fileno())

    def cut() -> None:
        if done.acquire(blocking=False):
            with socket.socket(fileno=os.dup(descriptor)) as wire:
                wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(PATIENCE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        was_cut = not done.acquire(blocking=False)
        os.close(descriptor)
        if was_cut:
            connection.close()


class Breaker:
    """Remembers that the database is silent, and asks it again in the background, never on a listener's time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.is_open = False

    def ask(self, question: Callable[[], Found]) -> Found:
        """Answer a question that queries the database, or raise Silent: at once while it is known to be silent."""
        if self.is_open:
            raise Silent
        try:
            with patience():
                return question()
        # RuntimeError: the embedded Postgres cannot be started.
        except (DatabaseError, InterfaceError, OSError, RuntimeError) as error:
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
                with patience(), connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                self.is_open = False
            except (DatabaseError, InterfaceError, OSError, RuntimeError):
                continue
            finally:
                connection.close()
        logger.warning("The database answers again.")


breaker = Breaker()
