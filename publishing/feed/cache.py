"""The feed somebody asks for: from memory while nothing changed, built when something did, else the last good one."""

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from downloads.delivery.patience import Silent, breaker
from episodes.models import Episode
from publishing.feed import store as feed_store
from publishing.feed.answer import standing_headers
from publishing.feed.bodies import Bodies, Body, Held
from publishing.feed.stamp import read_stamp
from publishing.feed.state import FeedState, read_state
from publishing.rss.feed import addresses_of, build, release
from publishing.rss.feed_file import About, FeedFile

logger = logging.getLogger(__name__)

# Of all feeds together, in each process.
MOST_HELD_BYTES = 24_000_000

_bodies = Bodies(MOST_HELD_BYTES)
_building: dict[int, threading.Lock] = defaultdict(threading.Lock)


class Unavailable(Exception):
    """The database is silent, and nothing is kept of this feed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a feed. `trouble` says, when not "", why it is the last good one and not the present one."""

    held: Held
    trouble: str = ""


def find(slug: str, number: int = 1) -> Found | None:
    """A page of the show's feed as it is at this moment, counted from 1; None when there is no such show or page.

    While nothing has changed this is one small query. Raises Unavailable.
    """
    now = timezone.now()
    held = _bodies.get(slug, number)
    try:
        if held is not None and _is_present(held, now.timestamp()):
            return Found(held)
        state = breaker.ask(lambda: read_state(slug, now))
    except Silent:
        return _last_good(slug, number)
    return _renew(slug, number, state, now) if state else None


def recall(slug: str) -> Held | None:
    """The feed's first page if this process remembers it and nothing has changed, by one small query; else None.

    For a request that has not come to Django yet.
    """
    held = _bodies.get(slug, 1)
    if held is None or held.moved_to:
        return None
    try:
        return held if _is_present(held, time.time(), begins=True) else None
    except Silent:
        return None


def renew(slug: str, state: FeedState, now: datetime) -> Held | None:
    """The first page of the feed in this state, built and kept if need be. Raises what building raises."""
    with _building[state.show_id]:
        return _hold(slug, 1, _feed(slug, state, now), state)


def _is_present(held: Held, now_s: float, *, begins: bool = False) -> bool:
    if not held.newest_us <= now_s * 1_000_000 < held.next_us or held.release != release():
        return False
    return read_stamp(held.show_id, begins=begins) == held.stamp


def _renew(slug: str, number: int, state: FeedState, now: datetime) -> Found | None:
    # One thread builds, the others wait for what it finds.
    with _building[state.show_id]:
        held = _bodies.get(slug, number)
        if held is not None and _is_of(held, state) and held.next_us == state.next_us:
            return Found(held)
        try:
            feed = _feed(slug, state, now)
        except Exception:
            # Whatever it is: a feed that was good is not taken away for it.
            logger.exception('The feed "%s" cannot be built; the last good one is sent.', slug)
            try:
                kept = breaker.ask(lambda: drop_withdrawn(state))
            except Silent:  # it died while the feed was being built
                return _last_good(slug, number)
            if kept is None:
                raise Unavailable from None
            held = _hold(slug, number, kept)
            return Found(held, "the feed cannot be built") if held else None
        held = _hold(slug, number, feed, state)
    return Found(held) if held else None


def _feed(slug: str, state: FeedState, now: datetime) -> FeedFile | None:
    kept = feed_store.load(state.show_id)
    if kept is not None and kept.about.slug == slug and _is_of(kept.about, state):
        return kept
    built = build(state.show_id, state.stamp, state.newest_us, now, kept)
    if built is not None:
        try:
            feed_store.keep(built)
        except OSError as error:
            logger.error('The feed "%s" cannot be kept on disk: %s', slug, error)
    return built


def _hold(slug: str, number: int, feed: FeedFile | None, state: FeedState | None = None) -> Held | None:
    """A page of the feed, remembered. Without the state it is good only while the database is silent."""
    content = feed.page(number) if feed else None
    if feed is None or content is None:
        return None
    about = feed.about
    modified_s = max(about.stamp, about.newest_us) // 1_000_000
    held = Held(
        show_id=about.show_id,
        stamp=about.stamp,
        newest_us=about.newest_us,
        next_us=state.next_us if state else 0,
        release=about.release,
        body=Body(content),
        modified_s=modified_s,
        moved_to=about.moved_to,
        headers=standing_headers(modified_s, _links(about.slug, number)),
    )
    _bodies.put(slug, number, held)
    return held


def _links(slug: str, number: int) -> str:
    """The hub, and the page's one true address, for who subscribes by WebSub (its section 4)."""
    addresses = addresses_of(slug)
    links = [f'<{addresses.hub}>; rel="hub"'] if addresses.hub else []
    return ", ".join([*links, f'<{addresses.page(number)}>; rel="self"'])


def _last_good(slug: str, number: int) -> Found | None:
    """By the file alone: another process may have renewed it since ours last looked."""
    about = feed_store.about_slug(slug)
    if about is None:
        raise Unavailable
    held = _bodies.get(slug, number)
    if held is None or (held.stamp, held.newest_us) != about.age:
        held = _hold(slug, number, feed_store.load(about.show_id))
    return Found(held, "the database does not answer") if held else None


def drop_withdrawn(state: FeedState) -> FeedFile | None:
    """The kept feed, rid of episodes that are not published any more; for when a new one cannot be built."""
    kept = feed_store.load(state.show_id)
    if kept is None:
        return None
    ids = set(Episode.objects.published().filter(show_id=state.show_id).values_list("id", flat=True))
    if all(item.id in ids for item in kept.items):
        return kept
    rest = kept.only(ids)
    try:
        feed_store.keep(rest)
    except OSError as error:
        logger.error('The feed "%s", rid of withdrawn episodes, cannot be kept on disk: %s', kept.about.slug, error)
    return rest


def is_kept(slug: str, state: FeedState) -> bool:
    """Whether the feed of this state lies on disk."""
    about = feed_store.about(state.show_id)
    return about is not None and about.slug == slug and _is_of(about, state)


def _is_of(what: Held | About, state: FeedState) -> bool:
    return (what.stamp, what.newest_us, what.release) == (state.stamp, state.newest_us, release())
