"""Which state a show's feed is in, asked of its rows."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from episodes.models import Episode, FormerShowSlug


@dataclass(frozen=True, slots=True)
class FeedState:
    """`stamp` is the ShowStamp; `newest_us` the newest published date, microseconds since 1970 (0 without episodes).

    Together they move with every change and with every scheduled hour that comes, and never otherwise. `next_us` is
    the next of those hours: until then the stamp alone tells whether anything is new.
    """

    show_id: int
    stamp: int
    newest_us: int
    next_us: int


NEVER_US = 2**62

_STATE = """
SELECT s.id, coalesce(row.stamp, 0), coalesce((
    SELECT (extract(epoch FROM max(e.published_at)) * 1000000)::bigint FROM ({published}) e WHERE e.show_id = s.id
), 0), coalesce((
    SELECT (extract(epoch FROM min(e.published_at)) * 1000000)::bigint FROM ({scheduled}) e WHERE e.show_id = s.id
), {never})
FROM episodes_show s LEFT JOIN episodes_showstamp row ON row.show_id = s.id
"""


def read_state(slug: str, now: datetime) -> FeedState | None:
    """The state of the show's feed at `now` (aware); None when no show has this slug."""
    sql, parameters = _sql()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE s.slug = %s", (*_at(parameters, now), slug))
        row = cursor.fetchone()
    return FeedState(*row) if row else None


def read_all_states(now: datetime) -> dict[str, FeedState]:
    """The states of all shows, by slug; one query."""
    sql, parameters = _sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.slug, state.* FROM ({sql}) state JOIN episodes_show s USING (id)", _at(parameters, now)
        )
        rows = cursor.fetchall()
    return {slug: FeedState(*values) for slug, *values in rows}


def slug_now(former_slug: str) -> str | None:
    """The present slug of the show that once had this one."""
    return FormerShowSlug.objects.filter(slug=former_slug).values_list("show__slug", flat=True).first()


@cache
def _sql() -> tuple[str, tuple[Any, ...]]:
    """The question and its parameters, in which datetimes stand for the moment asked about.

    It is made of published() and scheduled() as Django writes them, once.
    """
    parts, parameters = {}, []
    for name in ("published", "scheduled"):
        episodes = getattr(Episode.objects.all(), name)().order_by().values("show_id", "published_at")
        parts[name], of_part = episodes.query.sql_with_params()
        parameters.extend(of_part)
    return _STATE.format(never=NEVER_US, **parts), tuple(parameters)


def _at(parameters: tuple[Any, ...], now: datetime) -> tuple[Any, ...]:
    return tuple(now if isinstance(value, datetime) else value for value in parameters)
