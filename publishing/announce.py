"""Telling the world that a feed has changed: a WebSub hub and a podping endpoint, in the background, tried again."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task, schedule

from episodes.models import Show
from publishing.feed import store as feed_store
from publishing.outgoing import Answer, OutgoingError, request

logger = logging.getLogger(__name__)

JOB = "publishing.announce.announce"
HUB, PODPING = "hub", "podping"
# How long to wait before the second, third … try. After the last one somebody has to look.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
_MOST_ANSWER_BYTES = 100_000


class AnnounceError(RuntimeError):
    """Nobody was told; the message says why, and when it is tried again. The job's result in the admin."""


def announce_changed(show_ids: Iterable[int]) -> None:
    """Queue the announcements of those of these shows whose kept feed has not been announced as it is now.

    An app that came first may have had it built; telling is left to whoever calls this.
    """
    for show_id in show_ids:
        if (about := feed_store.about(show_id)) is not None:
            announce_if_new(show_id, about.mark)


def announce_if_new(show_id: int, mark: str) -> None:
    """Queue the announcements of a feed whose bytes have this mark, unless they were queued for it before."""
    services = [name for name, address in ((HUB, settings.WEBSUB_HUB_URL), (PODPING, settings.PODPING_URL)) if address]
    if not services or not feed_store.note_announced(show_id, mark):
        return
    try:
        with transaction.atomic():
            for name in services:
                async_task(JOB, show_id, name, task_name=f"Announce feed {show_id} to {name}")
    except Exception:
        feed_store.forget_announced(show_id)  # the next look finds it untold
        raise


def announce(show_id: int, service: str, attempt: int = 1) -> str:
    """Job: tell one service ("hub" or "podping") that the show's feed changed. Safe to run twice.

    A failure is tried again by itself, later each time, and raises AnnounceError, so that the admin lists it.
    """
    show = Show.objects.filter(pk=show_id).first()
    if show is None:
        return "The show is gone; nobody was told."
    if service == PODPING and not show.uses_podping:
        return f'"{show.title}" does not use podping; nobody was told.'
    feed_url = settings.SITE_URL + show.get_feed_url()
    try:
        answer = _tell_hub(feed_url) if service == HUB else _tell_podping(feed_url, show.medium)
        if not answer.ok:
            raise OutgoingError(f"It answered {answer.status}.")
    except OutgoingError as error:
        raise AnnounceError(_try_again(show, service, attempt, error)) from error
    logger.info("The %s was told of %s.", service, feed_url)
    return f'The {service} was told that "{show.title}" changed.'


def _tell_hub(feed_url: str) -> Answer:
    """Source: W3C WebSub section 7, and PubSubHubbub 0.4 section 7.1, whose form hubs take."""
    form = {"hub.mode": "publish", "hub.url": feed_url}
    return request("POST", settings.WEBSUB_HUB_URL, data=form, most_bytes=_MOST_ANSWER_BYTES)


def _tell_podping(feed_url: str, medium: str) -> Answer:
    query = urlencode({"url": feed_url, "reason": "update", "medium": medium})
    headers = {"Authorization": settings.PODPING_TOKEN} if settings.PODPING_TOKEN else {}
    return request("GET", f"{settings.PODPING_URL}/?{query}", headers=headers, most_bytes=_MOST_ANSWER_BYTES)


def _try_again(show: Show, service: str, attempt: int, error: Exception) -> str:
    """Schedule the next try, and say so."""
    failed = f'The {service} could not be told that "{show.title}" changed (try {attempt}): {error}'
    if attempt > len(WAITS):
        return f"{failed} It is not tried again before the next change: check its address in the settings."
    wait = WAITS[attempt - 1]
    schedule(
        JOB,
        show.pk,
        service,
        attempt + 1,
        name=f"Announce feed {show.pk} to {service}, try {attempt + 1}"[:100],
        schedule_type=Schedule.ONCE,
        next_run=timezone.now() + wait,
    )
    return f"{failed} It is tried again in {round(wait.total_seconds() / 60)} minutes."
