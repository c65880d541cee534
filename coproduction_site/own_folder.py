"""What each web server does for its own VAR_DIR, where the worker may be another machine.

A web server writes notes of what it delivered, and keeps copies for the time when the database is silent, on its own
disk. Several servers share no disk, so each counts its notes and renews its copies itself; beside a worker that does
the same for the same folder, nothing is left to do.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from downloads.counting.feed_readers import count_fetches
from downloads.counting.tally import count_new
from downloads.delivery.patience import patience
from downloads.delivery.published import refresh_list
from episodes.sweeping import sweep_leftovers
from publishing.feed_refresh import refresh_feeds

logger = logging.getLogger(__name__)

EVERY_SECONDS = 20
# A round that takes longer has lost its database.
LONGEST_SECONDS = 300


def look_after() -> None:
    """Renew and count now. Raises DatabaseError, OSError."""
    with patience(LONGEST_SECONDS):
        refresh_list()
        refresh_feeds(tell=False)
        count_new()
        count_fetches()
    sweep_leftovers()


def look_after_always() -> None:
    """Begin to do so every 20 seconds, in a thread of this process; one process of a folder does."""
    threading.Thread(target=_go_on, name="own-folder", daemon=True).start()


def _go_on() -> None:
    told = ""
    while True:
        time.sleep(EVERY_SECONDS)
        problem = ""
        try:
            with _alone() as alone:
                if alone:
                    look_after()
        except (DatabaseError, InterfaceError, OSError, RuntimeError) as error:
            problem = type(error).__name__
        except Exception:
            # A thread that ends is never begun again: the next round may find what this one stumbled over mended.
            logger.exception("Looking after %s failed.", settings.VAR_DIR)
        finally:
            connection.close()
        if problem and problem != told:
            logger.warning("%s cannot be looked after now (%s); it is tried again.", settings.VAR_DIR, problem)
        told = problem


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process of this folder is at it; the lock dies with its process."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "own-folder.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
