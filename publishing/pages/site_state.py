"""One mark that moves with everything the public pages show: the key of their caches."""

import hashlib
import math
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.utils import timezone

from downloads.delivery.patience import breaker
from publishing.shared_question import SharedQuestion

# Per show the newest date that has come and the next that will: an index answers both, and a scheduled episode moves
# the mark at its minute.
_STATE = """
SELECT coalesce(sum(row.stamp), 0), count(*), max(newest.published_at), coalesce(sum(newest.published), 0),
    extract(epoch FROM max(newest.published_at))::float8, extract(epoch FROM min(next.published_at))::float8
FROM episodes_showstamp row
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM published_at)::numeric AS published, published_at
    FROM episodes_episode
    WHERE show_id = row.show_id AND state = 'public' AND deleted_at IS NULL AND published_at <= %(now)s
    ORDER BY published_at DESC LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT published_at
    FROM episodes_episode
    WHERE show_id = row.show_id AND state = 'public' AND deleted_at IS NULL AND published_at > %(now)s
    ORDER BY published_at LIMIT 1
) next ON true
"""
# A sixth of the above for Postgres, which spends most of that on its plan; to add up is left to us.
_STAMPS = "SELECT stamp FROM episodes_showstamp"

_ROOMS = ("downloads", "episodes", "publishing", "transcripts")
_SHOWN_SETTINGS = (
    *("SITE_URL", "SITE_NAME", "LANGUAGE_CODE", "CONTACT_EMAIL", "AUDIO_DELIVERY", "SHOW_DOWNLOAD_TOTALS"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    """The state read last by this process: while the stamps stay, it holds until an episode's hour comes, and from the
    last one on that has come, for a clock may be set back.

    `rows` are the stamps as they were told since, each by itself: to compare them is less than to add them up.
    """

    stamps: tuple[object, ...]
    text: str
    since_s: float
    until_s: float
    rows: list[tuple[Any, ...]] | None = None


class _Newest:
    known: _Known | None = None


_newest = _Newest()
_stamps: SharedQuestion[list[tuple[Any, ...]]] = SharedQuestion()


def read_site_mark() -> str:
    """A short text that differs after any change of a show, its episodes, people, topics or words; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"now": timezone.now()})
        *row, newest_s, next_s = cursor.fetchone()
    text = "-".join(str(value) for value in row)
    _newest.known = _Known(tuple(row[:2]), text, newest_s or -math.inf, next_s or math.inf)
    return _at_this_hour(text)


def read_unchanged_mark() -> str | None:
    """The mark read last, if it still is the mark; None when it must be read anew. The cheapest question there is,
    shared by the threads that ask it at once. A request begins with it. Raises Silent.
    """
    known = _newest.known
    if known is None or not known.since_s <= time.time() < known.until_s:
        return None
    rows = _stamps.ask(lambda: breaker.rows(_STAMPS, begins=True))
    if rows != known.rows:
        if (sum(stamp for (stamp,) in rows), len(rows)) != known.stamps:
            return None
        _newest.known = replace(known, rows=rows)
    return _at_this_hour(known.text)


def _at_this_hour(text: str) -> str:
    """Counted downloads move no stamp: where pages show them, an hour is how old a number may be."""
    return f"{text}-{timezone.now():%Y%m%d%H}" if settings.SHOW_DOWNLOAD_TOTALS else text


def release_mark() -> str:
    """The mark of the code that makes the pages; counted once, or anew each time while DEBUG is on."""
    return _count_release() if settings.DEBUG else _release_of_this_process()


@cache
def _release_of_this_process() -> str:
    return _count_release()


def _count_release() -> str:
    """Of templates, the rooms' code, translations and the names of the static files; settings that pages show."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    sources = [("templates", "*.html"), ("locale", "*.mo"), *((room, "*.py") for room in _ROOMS)]
    for folder, pattern in sources:
        for path in sorted((base / folder).rglob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(repr(sorted(getattr(staticfiles_storage, "hashed_files", {}).items())).encode())
    digest.update(repr([getattr(settings, name) for name in _SHOWN_SETTINGS]).encode())
    return digest.hexdigest()[:12]
