"""The questions a feed is read from the database by, as SQL.

The database counts a fingerprint of each item's values, so that only the items whose fingerprint is not known are sent:
a thousand episodes of which one has changed cost one row.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from episodes.models import Episode, Speaker
from publishing.rss.records import ITEM_LISTS, ITEM_VALUES
from transcripts.models import Transcript

Parameters = tuple[Any, ...]

# Where a show and a moment stand in the SQL that Django makes of published(), which so is made only once.
_NOW, _SHOW, _IDS, _KNOWN_NOTES = object(), object(), object(), object()

_HOSTS = """
SELECT json_agg(json_build_array(p.name, h.role, p.slug, p.photo) ORDER BY h.position, h.id)
FROM episodes_showhost h JOIN episodes_speaker p ON p.id = h.speaker_id
WHERE h.show_id = s.id AND p.id IN ({shown_speakers})
"""

_CHANNEL = """
SELECT row_to_json(channel)::text FROM (
    SELECT s.id, s.title, s.slug, s.description, s.author, s.owner_name, s.owner_email, s.language, s.category,
        s.second_category, s.explicit, s.type, s.medium, s.copyright, s.licence, s.licence_url,
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

# {several:…} gathers the rows of a table that belong to one episode: as JSON where the values are wanted, and as a
# number for their fingerprint, which costs the database a fraction of that. Parts are MATERIALIZED for the planner: ten
# tables joined at once take it longer than the joining.
_ITEMS = """
WITH published AS MATERIALIZED (SELECT id, show_id FROM ({published}{chosen}) published),
people AS (
    SELECT a.episode_id, {several:p.name, a.role, p.slug, p.photo ORDER BY a.position, a.id}
    FROM episodes_appearance a JOIN episodes_speaker p ON p.id = a.speaker_id
    WHERE a.episode_id IN (SELECT id FROM published) AND p.id IN ({shown_speakers}) GROUP BY 1
),
transcripts AS (
    SELECT t.episode_id, {several:t.language, timed.is_so ORDER BY t.language <> s.language, t.id}
    FROM ({shown_transcripts}) t JOIN published e ON e.id = t.episode_id JOIN episodes_show s ON s.id = e.show_id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM transcripts_segment g WHERE g.transcript_id = t.id AND g.start_ms IS NOT NULL
    ) AS is_so OFFSET 0) timed
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
),
parts AS MATERIALIZED (
    SELECT e.id, {parts}
    FROM published e
    LEFT JOIN people ON people.episode_id = e.id
    LEFT JOIN transcripts ON transcripts.episode_id = e.id
    LEFT JOIN chapters ON chapters.episode_id = e.id
    LEFT JOIN soundbites ON soundbites.episode_id = e.id
    LEFT JOIN links ON links.episode_id = e.id
    LEFT JOIN topics ON topics.episode_id = e.id
)
SELECT e.id, {published_s} AS published_s, {fingerprint}{wanted}
FROM ({published}{chosen}) e
JOIN parts ON parts.id = e.id
LEFT JOIN episodes_season season ON season.id = e.season_id
LEFT JOIN episodes_smallaudio small ON small.episode_id = e.id
{notes}
ORDER BY published_s DESC, e.id DESC
"""
_PUBLISHED_S = "extract(epoch FROM e.published_at)::bigint"
# Where a value is not the episode's column of its name.
_COLUMNS = {
    "season_number": "season.number",
    "season_name": "season.name",
    "published_s": _PUBLISHED_S,
    "small_sha256": "small.sha256",
    "small_bytes": "small.audio_bytes",
    "small_mime": "small.mime",
    "small_codecs": "small.codecs",
    "small_bps": "small.bitrate_bps",
    "small_title": "small.title",
}


def _values_sql(**over: str) -> str:
    return ", ".join(over.get(name) or _COLUMNS.get(name) or f"e.{name}" for name in ITEM_VALUES)


class _Several(str):
    """How {several:columns ORDER BY columns} is written."""

    def __format__(self, what: str) -> str:
        columns, _, order = what.rpartition(" ORDER BY ")
        return self.replace("<columns>", columns).replace("<order>", order)


# Numbers of 64 bits: that a change goes unseen because two values have the same one happens once in 10^19 changes.
_MARK = "hash_array_extended(array_agg(hash_record_extended(ROW(<columns>), 0) ORDER BY <order>), 0) AS mark"
_LIST = "json_agg(json_build_array(<columns>) ORDER BY <order>) AS list"
_FINGERPRINT = f"hash_record_extended(ROW({_values_sql()}, parts.mark), 0)::text"
_PARTS_MARK = f"hash_record_extended(ROW({', '.join(f'{name}.mark' for name in ITEM_LISTS)}), 0) AS mark"
_PARTS = (
    "concat('[', " + ", ',', ".join(f"coalesce({name}.list::text, 'null')" for name in ITEM_LISTS) + ", ']') AS lists"
)
# The notes are half of a row: where their HTML is known they stay away.
_NOTES = "CASE WHEN notes.mark = ANY(%s::text[]) THEN NULL ELSE e.show_notes END"
_AS_FINGERPRINT = {"several": _Several(_MARK), "parts": _PARTS_MARK, "wanted": "", "notes": ""}
_AS_VALUES = {
    "several": _Several(f"{_LIST}, {_MARK}"),
    "parts": f"{_PARTS}, {_PARTS_MARK}",
    "wanted": f", notes.mark, parts.lists, {_values_sql(show_notes=_NOTES)}",
    # OFFSET 0: counted once, though it is asked for twice.
    "notes": "CROSS JOIN LATERAL (SELECT md5(e.show_notes) AS mark OFFSET 0) notes",
}


def published_sql() -> tuple[str, Parameters]:
    """EpisodeQuerySet.published() of one show as SQL, so that the question is asked in one place.

    The parameters hold marks where `filled` puts the show and the moment.
    """
    sql, parameters = _sql(Episode.objects.published().filter(show_id=-1).order_by())
    marked = tuple(_SHOW if value == -1 else _NOW if isinstance(value, datetime) else value for value in parameters)
    assert marked.count(_SHOW) == marked.count(_NOW) == 1, "published() no longer asks what it asked"
    return sql, marked


def filled(
    parameters: Parameters,
    show_id: int,
    now: datetime,
    known_notes: Collection[str] = (),
    ids: list[int] | None = None,
) -> Parameters:
    values = {_SHOW: show_id, _NOW: now, _IDS: ids, _KNOWN_NOTES: f"{{{','.join(known_notes)}}}"}
    return tuple(values[value] if type(value) is object else value for value in parameters)


@cache
def channel_sql() -> tuple[str, Parameters]:
    published, of_published = published_sql()
    speakers, of_speakers = _sql(Speaker.objects.shown().order_by().values("id"))
    sql = _CHANNEL.format(published=published, hosts=_HOSTS.format(shown_speakers=speakers))
    return sql, (*of_speakers, *of_published, _SHOW)


@cache
def fingerprints_sql() -> tuple[str, Parameters]:
    return _written_as(_AS_FINGERPRINT)


@cache
def items_sql(*, chosen: bool = False) -> tuple[str, Parameters]:
    """The question for the fingerprints and values of all items, or of chosen ones."""
    return _written_as(_AS_VALUES, (_KNOWN_NOTES,), *((" AND id = ANY(%s)", (_IDS,)) if chosen else ()))


def _written_as(
    form: dict[str, str], of_wanted: Parameters = (), chosen: str = "", of_chosen: Parameters = ()
) -> tuple[str, Parameters]:
    published, of_published = published_sql()
    speakers, of_speakers = _sql(Speaker.objects.shown().order_by().values("id"))
    transcripts, of_transcripts = _sql(Transcript.objects.shown().order_by())
    sql = _ITEMS.format(
        published=published,
        chosen=chosen,
        shown_speakers=speakers,
        shown_transcripts=transcripts,
        published_s=_PUBLISHED_S,
        fingerprint=_FINGERPRINT,
        **form,
    )
    of_episodes = (*of_published, *of_chosen)
    return sql, (*of_episodes, *of_speakers, *of_transcripts, *of_wanted, *of_episodes)


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, Parameters]:
    sql, parameters = rows.query.sql_with_params()
    return sql, tuple(parameters)
