"""Read a feed of many pages in the background, page by page, until its move can be rehearsed."""

import logging
import time

from django.contrib.auth.models import User
from django.db import transaction
from django_q.tasks import async_task

from episodes.filing import FilingError
from episodes.models import FeedImport
from publishing.importing.running import (
    READING_JOB,
    READING_LOCK,
    SLICE_SECONDS,
    State,
    alone,
    keep_page,
    kept_pages,
    open_move,
    rehearse_move,
)
from publishing.importing.sources import FeedPage, Trail, fetch_page
from publishing.outgoing import OutgoingError
from publishing.rss.foreign_xml import FeedError

logger = logging.getLogger(__name__)


def open_feed(source: str, first: FeedPage, by: User | None = None) -> FeedImport:
    """The move of a feed whose first page is at hand: rehearsed at once, or when the worker has read its other pages.

    Raises FeedError and FilingError.
    """
    trail = Trail()
    if not trail.take(first):
        move, _ = open_move(source, [first], by)
        return move
    move = FeedImport.objects.create(
        source=source, pages=[keep_page(first)], state=State.READING, report=[_told(trail)], by=by
    )
    _queue(move.pk)
    return move


def read_again(move: FeedImport) -> None:
    """Go on reading behind the last page that arrived."""
    if FeedImport.objects.filter(pk=move.pk, state=State.UNREAD).update(state=State.READING, error=""):
        _queue(move.pk)


def stop_reading(move: FeedImport) -> None:
    """Let the worker read the page at hand and no more; read_again() goes on later."""
    FeedImport.objects.filter(pk=move.pk, state=State.READING).update(state=State.UNREAD, error="Reading was stopped.")


def go_on(move_id: int) -> None:
    """The background job: a slice of the reading, and the next slice queued. Safe to run twice."""
    if not read_on(move_id, SLICE_SECONDS):
        _queue(move_id)


def read_on(move_id: int, most_seconds: float | None = None) -> bool:
    """Read pages until the last; True when nothing is left to do here, False when the time was up.

    Each page is kept as it comes, so that a killed job goes on behind it. Where a page cannot be read, the move says
    why, and waits for a person.
    """
    with alone(READING_LOCK) as is_free:
        move = FeedImport.objects.filter(pk=move_id, state=State.READING).first()
        if move is None or not is_free:
            return True  # whoever is at work goes on, or resume() does
        try:
            return _read(move, None if most_seconds is None else time.monotonic() + most_seconds)
        except (FeedError, OutgoingError, FilingError) as error:
            sentence = str(error)
        except Exception:
            # Tried again each minute it would ask the other host for ever; a person decides.
            logger.exception("The pages of move %s could not be read.", move_id)
            sentence = "The feed could not be read to its end; the log says why."
        FeedImport.objects.filter(pk=move_id, state=State.READING).update(state=State.UNREAD, error=sentence[:1000])
    return True


def _read(move: FeedImport, until: float | None) -> bool:
    pages, trail, onward = kept_pages(move), Trail(), ""
    for page in pages:
        onward = trail.take(page)
    while onward:
        pages.append(fetch_page(onward))
        onward = trail.take(pages[-1])
        move.pages.append(keep_page(pages[-1]))
        still_wanted = FeedImport.objects.filter(pk=move.pk, state=State.READING)
        if not still_wanted.update(pages=move.pages, report=[_told(trail)]):
            return True
        if onward and until is not None and time.monotonic() > until:
            return False
    rehearse_move(move, pages)
    return True


def _told(trail: Trail) -> str:
    pages, episodes = trail.pages, trail.items
    return (
        f"{pages} {'page' if pages == 1 else 'pages'} with {episodes} {'episode' if episodes == 1 else 'episodes'} "
        "have been read so far."
    )


def _queue(move_id: int) -> None:
    transaction.on_commit(lambda: async_task(READING_JOB, move_id, task_name=f"Pages of move {move_id}"))
