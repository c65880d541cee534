"""Making every kept feed show what is published now."""

import logging
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from publishing.announce import announce_changed
from publishing.feed import cache as feed_cache
from publishing.feed import store as feed_store
from publishing.feed.state import FeedState, read_all_states

logger = logging.getLogger(__name__)


def refresh_feeds(*, tell: bool = True) -> str:
    """Renew the feeds whose rows have changed or whose scheduled hour has come; what was done, in a sentence.

    `tell` False: the world is told of them by another process, such as the worker's.

    Runs after every change through the site and each minute, so that the copy for bad times never holds for long what
    has been withdrawn. With nothing to do it is one query.
    """
    now = timezone.now()
    states = read_all_states(now)
    renewed = [slug for slug, state in states.items() if _renew(slug, state, now)]
    known = {state.show_id for state in states.values()}
    for show_id in feed_store.kept_shows():
        if show_id not in known:
            feed_store.forget(show_id)
    if tell:
        announce_changed(state.show_id for state in states.values() if state.newest_us)
    return f"Renewed: {', '.join(renewed)}." if renewed else "All feeds are as they should be."


def _renew(slug: str, state: FeedState, now: datetime) -> bool:
    """Whether the kept feed had to be made anew, and was."""
    if feed_cache.is_kept(slug, state):
        return False
    try:
        feed_cache.renew(slug, state, now)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception('The feed "%s" cannot be built; the last good one stays.', slug)
        feed_cache.drop_withdrawn(state)
        return False
    return True
