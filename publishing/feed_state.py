"""Which state a show's feed is in: the one question that a request for it asks the database."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from episodes.models import Episode, FormerShowSlug


@dataclass(frozen=True, slots=True)
class FeedState:
    """`stamp` is the ShowStamp; `newest_us` the newest published date, microseconds since 1970 (0 without episodes).

    Together they move with every change and with every scheduled hour that comes, and never otherwise.
    """

    show_id: int
    stamp: int
    newest_us: int


_STATE = """
SELECT s.id, coalesce(row.stamp, 0), coalesce((
    SELECT (extract(epoch FROM max(e.published_at)) * 1000000)::bigint FROM ({published}) e WHERE e.show_id = s.id
), 0)
FROM episodes_show s LEFT JOIN episodes_showstamp row ON row.show_id = s.id
"""


def read_state(slug: str, now: datetime) -> FeedState | None:
    """The state of the show's feed at `now` (aware); None when no show has this slug. One raw query."""
    sql, before, after = _sql_parts()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE s.slug = %s", (*before, now, *after, slug))
        row = cursor.fetchone()
    return FeedState(*row) if row else None


def read_all_states(now: datetime) -> dict[str, FeedState]:
    """The states of all shows, by slug; one query."""
    sql, before, after = _sql_parts()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.slug, state.* FROM ({sql}) state JOIN episodes_show s USING (id)", (*before, now, *after)
        )
        rows = cursor.fetchall()
    return {slug: FeedState(*values) for slug, *values in rows}


def slug_now(former_slug: str) -> str | None:
    """The present slug of the show that once had this one."""
    return FormerShowSlug.objects.filter(slug=former_slug).values_list("show__slug", flat=True).first()


@cache
def _sql_parts() -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
    """The question, and its parameters before and behind the moment: published() as Django writes it, made once."""
    episodes = Episode.objects.published().order_by().values("show_id", "published_at")
    sql, parameters = episodes.query.sql_with_params()
    (place,) = [index for index, value in enumerate(parameters) if isinstance(value, datetime)]
    return _STATE.format(published=sql), tuple(parameters[:place]), tuple(parameters[place + 1 :])
