"""A show's feed read from the database: the head in one query, all items in another.

The database counts a fingerprint of each item's values and sends only the items whose fingerprint is not known:
a thousand episodes of which one has changed cost one row.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet

from episodes.models import Episode, Speaker
from episodes.plaintext import storable
from publishing.rss.records import Channel, Item
from transcripts.models import Transcript

Parameters = tuple[Any, ...]

# Where a show and a moment stand in the SQL that Django makes of published(), which so is made only once.
_NOW, _SHOW, _IDS = object(), object(), object()

_HOSTS = """
SELECT json_agg(json_build_array(p.name, h.role, p.slug, p.photo) ORDER BY h.position, h.id)
FROM episodes_showhost h JOIN episodes_speaker p ON p.id = h.speaker_id
WHERE h.show_id = s.id AND p.id IN ({shown_speakers})
"""

_CHANNEL = """
SELECT row_to_json(channel)::text FROM (
    SELECT s.id, s.title, s.slug, s.description, s.author, s.owner_name, s.owner_email, s.language, s.category,
        s.second_category, s.explicit, s.type, s.medium, s.copyright, s.licence, s.licence_url, s.website,
        s.podcast_guid, s.locked, s.moved_to, s.complete, s.blocked, s.publisher_guid, s.publisher_feed,
        s.update_rule, s.update_label, s.uses_podping, s.feed_limit,
        to_char(s.update_starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS update_starts,
        coalesce((SELECT shown_stamp / 1000000 FROM episodes_showstamp WHERE show_id = s.id), 0) AS changed_s,
        s.chat_server, s.chat_protocol, s.chat_account, s.chat_space,
        json_build_array(s.artwork, s.artwork_alt, s.artwork_width_px, s.artwork_mime) AS cover,
        json_build_array(s.location_name, s.location_geo, s.location_osm, s.location_country) AS place,
        ({hosts}) AS hosts,
        (SELECT json_agg(json_build_array(url, label) ORDER BY position, id)
            FROM episodes_fundinglink WHERE show_id = s.id) AS funding,
        (SELECT json_agg(json_build_array(purpose, text) ORDER BY id)
            FROM episodes_verificationtext WHERE show_id = s.id) AS texts,
        (SELECT json_agg(json_build_array(feed_guid, feed_url, title) ORDER BY position, id)
            FROM episodes_recommendedshow WHERE show_id = s.id) AS podroll,
        (SELECT json_agg(json_build_array(e.title, e.slug, extract(epoch FROM e.published_at)::bigint, e.audio_bytes,
                e.audio_mime, e.audio_sha256, season.number) ORDER BY e.published_at DESC, e.id DESC)
            FROM ({published}) e LEFT JOIN episodes_season season ON season.id = e.season_id
            WHERE e.kind = 'trailer') AS trailers
    FROM episodes_show s WHERE s.id = %s
) channel
"""

# {several:…} gathers the rows of a table that belong to one episode: as JSON where the values are wanted, as plain text
# for their fingerprint, which costs the database a third; as both, in one pass, where both are.
_ITEMS = """
WITH published AS MATERIALIZED ({published}{chosen}),
people AS (
    SELECT a.episode_id, {several:p.name, a.role, p.slug, p.photo ORDER BY a.position, a.id}
    FROM episodes_appearance a JOIN episodes_speaker p ON p.id = a.speaker_id
    WHERE a.episode_id IN (SELECT id FROM published) AND p.id IN ({shown_speakers}) GROUP BY 1
),
transcripts AS (
    SELECT t.episode_id, {several:t.language, coalesce((
            SELECT true FROM transcripts_segment g WHERE g.transcript_id = t.id AND g.start_ms IS NOT NULL LIMIT 1
        ), false) ORDER BY t.language <> s.language, t.id}
    FROM ({shown_transcripts}) t JOIN published e ON e.id = t.episode_id JOIN episodes_show s ON s.id = e.show_id
    GROUP BY 1
),
chapters AS (
    SELECT episode_id, {several:start_ms, title, link, image ORDER BY start_ms}
    FROM episodes_chapter WHERE episode_id IN (SELECT id FROM published) AND listed GROUP BY 1
),
soundbites AS (
    SELECT episode_id, {several:start_ms, duration_ms, title ORDER BY start_ms, id}
    FROM episodes_soundbite WHERE episode_id IN (SELECT id FROM published) GROUP BY 1
),
links AS (
    SELECT episode_id, {several:title, url ORDER BY position, id}
    FROM episodes_episodelink WHERE episode_id IN (SELECT id FROM published) GROUP BY 1
),
topics AS (
    SELECT et.episode_id, {several:t.name ORDER BY t.name}
    FROM episodes_episode_topics et JOIN episodes_topic t ON t.id = et.topic_id
    WHERE et.episode_id IN (SELECT id FROM published) GROUP BY 1
)
SELECT e.id, extract(epoch FROM e.published_at)::bigint AS published_s, {written}
FROM published e
LEFT JOIN episodes_season season ON season.id = e.season_id
LEFT JOIN episodes_smallaudio small ON small.episode_id = e.id
LEFT JOIN people ON people.episode_id = e.id
LEFT JOIN transcripts ON transcripts.episode_id = e.id
LEFT JOIN chapters ON chapters.episode_id = e.id
LEFT JOIN soundbites ON soundbites.episode_id = e.id
LEFT JOIN links ON links.episode_id = e.id
LEFT JOIN topics ON topics.episode_id = e.id
{rows}
ORDER BY published_s DESC, e.id DESC
"""
# What an item is, besides its long text and its rows in other tables.
_VALUES = """
    e.id, e.guid, e.guid_is_permalink, e.title, e.slug, e.summary, e.disclosure, e.kind,
    e.number, e.display_number, season.number AS season_number, season.name AS season_name,
    extract(epoch FROM e.published_at)::bigint AS published_s, e.explicit, e.audio_bytes, e.audio_mime,
    e.audio_sha256, e.duration_ms, e.bitrate_bps, e.artwork, e.artwork_alt, e.artwork_width_px, e.artwork_mime,
    e.location_name, e.location_geo, e.location_osm, e.location_country,
    e.licence, e.licence_url, e.social_uri, e.social_protocol, small.sha256 AS small_sha256,
    small.audio_bytes AS small_bytes, small.mime AS small_mime, small.codecs AS small_codecs,
    small.bitrate_bps AS small_bps, small.title AS small_title
"""
_SEVERAL = ("topics", "people", "transcripts", "chapters", "soundbites", "links")


class _Several(str):
    """How {several:columns ORDER BY columns} is written."""

    def __format__(self, what: str) -> str:
        columns, _, order = what.rpartition(" ORDER BY ")
        return self.replace("<columns>", columns).replace("<order>", order)


_JSON = "json_agg(json_build_array(<columns>) ORDER BY <order>) AS list"
_TEXT = "string_agg(ROW(<columns>)::text, '' ORDER BY <order>) AS mark"
_LISTS = ", ".join(f"{name}.list AS {name}" for name in _SEVERAL)
_ITEM = f"CROSS JOIN LATERAL (SELECT {_VALUES}, e.show_notes, {_LISTS}) item"
_MARKED = f"CROSS JOIN LATERAL (SELECT {_VALUES}) marked"
# Texts of rows end where their brackets do, so what stands behind them needs none of their costly quotation marks.
_MARKS = ", ".join(f"coalesce({name}.mark, '')" for name in _SEVERAL)
_MARK = f"md5(concat_ws('|', marked::text, {_MARKS}, e.show_notes))"
_AS_JSON = {"several": _Several(_JSON), "written": "row_to_json(item)::text", "rows": _ITEM}
_AS_FINGERPRINT = {"several": _Several(_TEXT), "written": _MARK, "rows": _MARKED}
_AS_BOTH = {
    "several": _Several(f"{_JSON}, {_TEXT}"),
    "written": f"{_MARK}, row_to_json(item)::text",
    "rows": f"{_ITEM} {_MARKED}",
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item's place in the feed. `item` is None when the caller already knows its fingerprint."""

    id: int
    published_s: int
    fingerprint: str
    item: Item | None


def read_channel(show_id: int, now: datetime) -> Channel | None:
    sql, parameters = _channel_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, show_id, now))
        row = cursor.fetchone()
    return Channel.from_row(_values(row[0])) if row else None


def read_items(show_id: int, now: datetime, known: Collection[str] = ()) -> list[ItemRow]:
    """The published episodes as of `now` (aware), newest first; those of a known fingerprint without their values.

    One query when all fingerprints are known, or none; else a second one for the values of the others.
    """
    if not known:
        rows = _ask(_items_sql("both"), show_id, now)
        return [ItemRow(id, published_s, mark, Item.from_row(_values(row))) for id, published_s, mark, row in rows]
    marks = _ask(_items_sql("fingerprints"), show_id, now)
    unknown = [id for id, _, mark in marks if mark not in known]
    values = {id: row for id, _, row in _ask(_items_sql("values"), show_id, now, unknown)} if unknown else {}
    # What was withdrawn between the two questions is left out.
    return [
        ItemRow(id, published_s, mark, Item.from_row(_values(values[id])) if id in values else None)
        for id, published_s, mark in marks
        if mark in known or id in values
    ]


def _ask(question: tuple[str, Parameters], show_id: int, now: datetime, ids: list[int] | None = None) -> list[Any]:
    sql, parameters = question
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, show_id, now, ids))
        rows: list[Any] = cursor.fetchall()
    return rows


def _values(row: str) -> dict[str, Any]:
    """The row's values. Fields strip what XML cannot hold; what came in past them is stripped here."""
    values: dict[str, Any] = json.loads(row)
    # How JSON of Postgres spells the characters that XML cannot hold, or their beginning.
    is_suspect = "\\u00" in row or "\\r" in row or "\ufffe" in row or "\uffff" in row
    return _storable(values) if is_suspect else values


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    return value


def published_sql() -> tuple[str, Parameters]:
    """EpisodeQuerySet.published() of one show as SQL, so that the question is asked in one place.

    The parameters hold marks where `filled` puts the show and the moment.
    """
    sql, parameters = _sql(Episode.objects.published().filter(show_id=-1).order_by())
    marked = tuple(_SHOW if value == -1 else _NOW if isinstance(value, datetime) else value for value in parameters)
    assert marked.count(_SHOW) == marked.count(_NOW) == 1, "published() no longer asks what it asked"
    return sql, marked


def filled(parameters: Parameters, show_id: int, now: datetime, ids: list[int] | None = None) -> Parameters:
    values = {_SHOW: show_id, _NOW: now, _IDS: ids}
    return tuple(values[value] if type(value) is object else value for value in parameters)


@cache
def _channel_sql() -> tuple[str, Parameters]:
    published, of_published = published_sql()
    speakers, of_speakers = _sql(Speaker.objects.shown().order_by().values("id"))
    sql = _CHANNEL.format(published=published, hosts=_HOSTS.format(shown_speakers=speakers))
    return sql, (*of_speakers, *of_published, _SHOW)


@cache
def _items_sql(what: Literal["fingerprints", "values", "both"]) -> tuple[str, Parameters]:
    """The question for the fingerprints of all items, for the values of chosen ones, or for both of all."""
    if what == "fingerprints":
        return _written_as(_AS_FINGERPRINT)
    if what == "values":
        return _written_as(_AS_JSON, " AND id = ANY(%s)", (_IDS,))
    return _written_as(_AS_BOTH)


def _written_as(form: dict[str, str], chosen: str = "", of_chosen: Parameters = ()) -> tuple[str, Parameters]:
    published, of_published = published_sql()
    speakers, of_speakers = _sql(Speaker.objects.shown().order_by().values("id"))
    transcripts, of_transcripts = _sql(Transcript.objects.shown().order_by())
    sql = _ITEMS.format(
        published=published, chosen=chosen, shown_speakers=speakers, shown_transcripts=transcripts, **form
    )
    return sql, (*of_published, *of_chosen, *of_speakers, *of_transcripts)


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, Parameters]:
    sql, parameters = rows.query.sql_with_params()
    return sql, tuple(parameters)
