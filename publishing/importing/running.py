"""Run a move: start it, work it off item by item, go on where it was broken off, report at the end."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from episodes.filing import keep_bytes
from episodes.models import Episode, FeedImport, FeedImportItem, Show
from episodes.models.fields import private_storage
from publishing.feed.own import own_feed
from publishing.feed_refresh import refresh_feeds
from publishing.importing.episode_rows import import_item
from publishing.importing.fetching import Fetcher
from publishing.importing.parity import compare, sentences
from publishing.importing.plan import Action, Plan, find_show, incomplete_guids, lasting_guid, rehearse
from publishing.importing.show_rows import add_show_pictures, create_show
from publishing.importing.sources import FeedPage, merge
from publishing.rss.feed_shapes import Feed

logger = logging.getLogger(__name__)

JOB = "publishing.importing.running.go_on"
# One job works this long and then hands on: other work waits no longer, and the worker's time limit is far.
SLICE_SECONDS = 120
_LOCK = 0x1F33D
# Feeds of many pages are read by a job of its own, before anything is moved: see gathering.py.
READING_JOB = "publishing.importing.gathering.go_on"
READING_LOCK = 0x1F33E
State, ItemState = FeedImport.State, FeedImportItem.State


class MoveError(ValueError):
    """The move cannot be started or gone on with; the message says why to a producer."""


class Busy(MoveError):
    """Another move is at work; two at once would fetch from one host twice as hard."""


def open_move(source: str, pages: list[FeedPage], by: User | None = None) -> tuple[FeedImport, Plan]:
    """Keep the feed as received and its rehearsal; nothing of the show is created yet. Raises FilingError."""
    move = FeedImport(source=source, by=by)
    return move, rehearse_move(move, pages)


def rehearse_move(move: FeedImport, pages: list[FeedPage]) -> Plan:
    """Store what the move of these pages would do, and the pages if that was not done yet. Raises FilingError."""
    plan = rehearse(merge(pages), feed_url_of(move.source, pages))
    move.pages = move.pages or [keep_page(page) for page in pages]
    move.show, move.show_title = plan.show, plan.show_title
    move.report, move.error, move.state = [*plan.refusals, *plan.notes], "", State.REHEARSED
    with transaction.atomic():
        move.save()
        FeedImportItem.objects.bulk_create(
            FeedImportItem(
                feed_import=move,
                position=item.position,
                guid=item.guid,
                title=item.title,
                notes=list(item.notes),
                state=ItemState.REFUSED if item.action == Action.REFUSE else ItemState.WAITING,
            )
            for item in plan.items
        )
    return plan


def keep_page(page: FeedPage) -> dict[str, str]:
    """Store a page as received; what FeedImport.pages holds of it. Raises FilingError."""
    name = f"imports/{hashlib.sha256(page.data).hexdigest()}.xml"
    keep_bytes(private_storage(), name, page.data)
    return {"name": name, "charset": page.charset, "url": page.url}


def start(move: FeedImport) -> None:
    """Let the background worker do the move, or go on with it; what lacked something is tried again.

    Raises MoveError when the rehearsal forbids it.
    """
    if move.state in (State.READING, State.UNREAD):
        raise MoveError("The feed has not been read to its end yet. Wait for it, or read on.")
    refuse_forbidden(move)
    FeedImport.objects.filter(pk=move.pk).update(state=State.WAITING, error="", started_at=None)
    logger.info("The move of %s was started by %s.", move, f"user {move.by_id}" if move.by_id else "a command")
    transaction.on_commit(lambda: async_task(JOB, move.pk, task_name=f"Move of show {move.pk}"))


def stop(move: FeedImport) -> None:
    """Let the worker finish the episode at hand and no more; start() goes on later."""
    FeedImport.objects.filter(pk=move.pk, state__in=(State.WAITING, State.RUNNING)).update(state=State.STOPPED)


def go_on(move_id: int) -> None:
    """The background job: a slice of the move, and the next slice queued. Safe to run twice."""
    try:
        finished = work(move_id, SLICE_SECONDS)
    except Busy:
        return  # whoever is at work goes on, or resume() does
    if not finished:
        async_task(JOB, move_id, task_name=f"Move of show {move_id}")


def resume() -> int:
    """Queue a job for every started move that nobody works on or waits for; how many.

    Runs every minute: a worker that was killed takes its job with it, and the queue gives it out again only an hour
    later.
    """
    return resume_orphans((State.WAITING, State.RUNNING), JOB, _LOCK) + resume_orphans(
        (State.READING,), READING_JOB, READING_LOCK
    )


def resume_orphans(states: tuple[str, ...], job: str, lock: int) -> int:
    """Queue `job` for the moves in these states that no worker holds `lock` for and no job waits for."""
    started = list(FeedImport.objects.filter(state__in=states).values_list("pk", flat=True))
    if not started:
        return 0
    with alone(lock) as is_free:
        if not is_free:
            return 0
    queued = {
        entry.task["args"][0] for entry in OrmQ.objects.filter(lock__lte=timezone.now()) if entry.task["func"] == job
    }
    orphans = [pk for pk in started if pk not in queued]
    for pk in orphans:
        async_task(job, pk, task_name=f"Move of show {pk}")
    return len(orphans)


def work(move_id: int, most_seconds: float | None = None, tell: Callable[[FeedImportItem], None] | None = None) -> bool:
    """Work the move off; True when nothing is left to do, False when the time was up.

    Each item is one transaction, and its row says what came of it: a killed run goes on at the next item. `tell` is
    called after each. Raises Busy when another move is at work, MoveError when this one may not be done.
    """
    with alone(_LOCK) as is_free:
        if not is_free:
            raise Busy("Another import is at work. Wait until it is finished, then start this one again.")
        move = FeedImport.objects.get(pk=move_id)
        if move.state in (State.DONE, State.STOPPED):
            return True
        refuse_forbidden(move)
        until = None if most_seconds is None else time.monotonic() + most_seconds
        feed, url = kept_feed(move)
        fetcher = Fetcher()
        show = _show_of(move, feed, url)
        move.report = [*move.report, *_new(add_show_pictures(show, feed.show, fetcher), move.report)]
        move.save(update_fields=["report"])
        lacking = incomplete_guids([item.identity for item in feed.items])
        # The oldest first, so that rows and addresses come in the order of the show's life.
        for row in list(_open_items(move).order_by("-position")):
            if not FeedImport.objects.filter(pk=move_id, state=State.RUNNING).exists():
                return True  # someone stopped it
            _work_off(row, show, feed, fetcher, lacking)
            if tell is not None:
                tell(row)
            if until is not None and time.monotonic() > until:
                return False
        _finish(move, show, feed)
    return True


def kept_feed(move: FeedImport) -> tuple[Feed, str]:
    """The feed as it was when the move was rehearsed, and its address."""
    pages = kept_pages(move)
    return merge(pages), feed_url_of(move.source, pages)


def kept_pages(move: FeedImport) -> list[FeedPage]:
    pages = []
    for page in move.pages:
        with private_storage().open(page["name"]) as file:
            pages.append(FeedPage(file.read(), page["charset"], page["url"]))
    return pages


def feed_url_of(source: str, pages: list[FeedPage]) -> str:
    return pages[0].url or (source if "://" in source else "")


def refuse_forbidden(move: FeedImport) -> None:
    feed, url = kept_feed(move)
    refusals = rehearse(feed, url).refusals
    if refusals:
        FeedImport.objects.filter(pk=move.pk).update(state=State.STOPPED, error=" ".join(refusals)[:1000])
        raise MoveError(" ".join(refusals))


def _open_items(move: FeedImport) -> QuerySet[FeedImportItem]:
    """Items that nothing came of yet, and those that lacked something before this start."""
    return move.items.filter(Q(state=ItemState.WAITING) | Q(state=ItemState.INCOMPLETE, changed_at__lt=move.started_at))


def _show_of(move: FeedImport, feed: Feed, url: str) -> Show:
    """The show the items go into: the one known already, or created now, once."""
    with transaction.atomic():
        show = move.show or find_show(feed, url)
        if show is None:
            show, notes = create_show(feed.show, lasting_guid(feed.show, url))
            move.report = [*move.report, *_new(notes, move.report)]
            logger.info("Show %s was created by the move of its feed.", show.slug)
        move.show, move.state = show, State.RUNNING
        move.started_at = move.started_at or timezone.now()
        move.save(update_fields=["show", "state", "started_at", "report"])
    return show


def _work_off(row: FeedImportItem, show: Show, feed: Feed, fetcher: Fetcher, lacking: set[str]) -> None:
    item = feed.items[row.position]
    here = Episode.objects.filter(guid=item.identity).first()
    if here is not None and here.show_id != show.pk:
        _record(row, ItemState.REFUSED, None, ["Another show of this site has an episode with this GUID."])
        return
    tried_before = row.state == ItemState.INCOMPLETE or item.identity in lacking
    if here is not None and (here.deleted_at or (here.audio and not tried_before)):
        _record(row, ItemState.PRESENT, here, row.notes)
        return
    if row.state == ItemState.INCOMPLETE:
        row.notes = []
    try:
        episode, notes, lacks = import_item(show, feed.show, item, fetcher)
    except Exception:
        # One broken item must not end the move of hundreds; the log has the place, the row says so to the producer.
        logger.exception("Item %s of move %s failed.", row.position, row.feed_import_id)
        _record(row, ItemState.INCOMPLETE, None, [*row.notes, "It could not be taken over; the log says why."])
        return
    _record(row, ItemState.INCOMPLETE if lacks else ItemState.CREATED, episode, [*row.notes, *_new(notes, row.notes)])


def _record(row: FeedImportItem, state: str, episode: Episode | None, notes: list[str]) -> None:
    row.state, row.episode, row.notes = state, episode, notes
    row.save(update_fields=["state", "episode", "notes", "changed_at"])


def _finish(move: FeedImport, show: Show, feed: Feed) -> None:
    refresh_feeds()
    ours = own_feed(show.slug)
    if ours is not None and ours.items:
        move.parity = sentences(compare(feed, ours), len({item.identity for item in feed.items}))
    else:
        move.parity = ["No episode of the show is public here yet."]
    move.state, move.finished_at, move.error = State.DONE, timezone.now(), ""
    move.save(update_fields=["parity", "state", "finished_at", "error"])
    logger.info("The move of show %s is finished.", show.slug)


def _new(notes: list[str], known: list[str]) -> list[str]:
    return [note for note in notes if note not in known]


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """True when nobody else holds the lock anywhere; it goes with the connection, also after a kill."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (taken,) = cursor.fetchone()
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
