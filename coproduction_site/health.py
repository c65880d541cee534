"""Whether this site is alive, ready, or degraded: in one word for strangers, by part for whoever must mend it."""

import logging
import os
import shutil
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from threading import Lock, Thread

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_q.models import OrmQ, Schedule

from downloads.delivery.patience import Silent, breaker
from episodes.models import Episode, Show
from episodes.models.fields import private_storage
from publishing.feed import cache as feed_cache

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 2
# A store or a disk that hangs would hold a monitor for minutes.
STORAGE_SECONDS = 8
LATEST_JOB = timedelta(minutes=15)
LEAST_FREE_BYTES = 500_000_000
MOST_FEEDS = 50
# Whoever asks more often gets the last answer: asking costs a database query and a written file.
REMEMBERED_SECONDS = 5


class Unwell(Exception):
    """A part does not do what it should; the message is for the log only."""


def database() -> None:
    try:
        breaker.ask(_select_one, DATABASE_SECONDS)
    except Silent as error:
        raise Unwell("it does not answer") from error


def migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unwell("the database has not had this version's migrations")


_trials: list[Thread] = []


def storage() -> None:
    """Both storages take a file and give it away again, in a few seconds; where they hang, one thread waits."""
    failure: list[Exception] = []
    if any(trial.is_alive() for trial in _trials):
        raise Unwell("it has not answered since it was asked last")

    def try_it() -> None:
        try:
            _keep_and_delete()
        except Exception as error:  # told by the thread that waits
            failure.append(error)

    trial = Thread(target=try_it, name="health-storage", daemon=True)
    trial.start()
    _trials[:] = [trial]
    trial.join(STORAGE_SECONDS)
    if trial.is_alive():
        raise Unwell(f"it did not answer within {STORAGE_SECONDS} seconds")
    if failure:
        raise failure[0]


def _keep_and_delete() -> None:
    for store in (default_storage, private_storage()):
        name = f"health/{uuid.uuid4().hex}"
        kept = store.save(name, ContentFile(b"well"))
        store.delete(kept)


def disk() -> None:
    for folder in {settings.MEDIA_DIR, settings.VAR_DIR}:
        place = folder
        while not place.exists():
            place = place.parent
        free = shutil.disk_usage(place).free
        if free < LEAST_FREE_BYTES:
            raise Unwell(f"{free / 1e6:.0f} MB are free in {folder}")


def worker() -> None:
    """No job waits longer than a quarter of an hour: the worker runs, and keeps up."""
    late = timezone.now() - LATEST_JOB
    # A job that waits carries the moment it came; one that is being worked on, a moment that lies ahead.
    waiting = OrmQ.objects.filter(lock__lt=late).count()
    overdue = Schedule.objects.filter(next_run__lt=late).exclude(repeats=0).count()
    if waiting or overdue:
        raise Unwell(f"{waiting} jobs and {overdue} schedules wait for the background worker")


def feeds() -> None:
    """Every show with a public episode has its feed as it is now, not an older copy."""
    shows = Show.objects.filter(pk__in=Episode.objects.published().values("show"))
    for slug in shows.values_list("slug", flat=True)[:MOST_FEEDS]:
        found = feed_cache.find(slug)
        if found is None or found.trouble:
            raise Unwell(f"the feed of {slug} is not up to date")


PARTS: dict[str, Callable[[], None]] = {
    "database": database,
    "migrations": migrations,
    "storage": storage,
    "disk": disk,
    "worker": worker,
    "feeds": feeds,
}
_NEED_DATABASE = ("migrations", "worker", "feeds")


def unwell_parts() -> dict[str, str]:
    """The parts that fail now, each with its reason (for the log and the command, never for strangers)."""
    found: dict[str, str] = {}
    for name, check in PARTS.items():
        if "database" in found and name in _NEED_DATABASE:
            continue
        try:
            check()
        except Unwell as error:
            found[name] = str(error)
        except Exception as error:
            # Whatever a part raises is the sign that it fails; the kind of error is all that is told.
            logger.warning("Health: %s failed.", name, exc_info=True)
            found[name] = type(error).__name__
    return found


class _Remembered:
    """The last answer, for all threads of this process; one of them finds the next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: list[str] = []
        self._until = 0.0
        self._process = os.getpid()

    def parts(self) -> list[str]:
        # A part that hangs takes seconds to find out, and whoever asks meanwhile would wait with a thread each.
        if not self._lock.acquire(blocking=not self._until):
            return self._parts
        try:
            if time.monotonic() > self._until or self._process != os.getpid():
                found = unwell_parts()
                for name in sorted(set(found) - set(self._parts)):
                    logger.error("Health: %s is unwell: %s.", name, found[name])
                for name in sorted(set(self._parts) - set(found)):
                    logger.info("Health: %s is well again.", name)
                self._parts, self._process = list(found), os.getpid()
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._parts
        finally:
            self._lock.release()

    def forget(self) -> None:
        self._until = 0.0


remembered = _Remembered()


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ready"}, or 503 {"status": "degraded", "failing": ["database", …]}: names of parts, no more."""
    failing = remembered.parts()
    if not failing:
        return _answer({"status": "ready"}, 200)
    answer = _answer({"status": "degraded", "failing": failing}, 503)
    answer["Retry-After"] = "30"
    answer._has_been_logged = True  # type: ignore[attr-defined]  # once above, not at every poll
    return answer


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers: what a container's health check asks, so that a silent database restarts nothing."""
    return _answer({"status": "alive"}, 200)


def _answer(body: dict[str, object], status: int) -> JsonResponse:
    answer = JsonResponse(body, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
