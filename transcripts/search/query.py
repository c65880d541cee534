"""Find episodes and the moments in them by what is said, written and named."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from episodes.models import Episode, Speaker, Topic
from transcripts.search.passages import hits_of
from transcripts.search.results import (
    EPISODES_A_PAGE,
    FURTHEST_PAGE,
    NamedHit,
    SearchQuery,
    SearchResults,
)
from transcripts.search.suggestions import spelling_suggestion

# Weights of spoken words, notes, people and topics, title: Postgres' order D, C, B, A.
_WEIGHTS = "{0.1, 0.3, 0.6, 1.0}"
_MOST_WEIGHED = 100
_LEXEME = r"'(?:[^']|'')*'"
_TERM = re.compile(rf"{_LEXEME}(?:\s*<(?:-|\d+)>\s*{_LEXEME})*")
_EXCLUDED = re.compile(rf"!\s*(?:{_LEXEME}|\((?:[^()']|{_LEXEME})*\))")
_PHRASE = re.compile(r"<(?:-|\d+)>")


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A question in Postgres' terms: `strict` as asked, `loose` when any of the words will do."""

    strict: str
    loose: str

    @property
    def has_phrase(self) -> bool:
        return _PHRASE.search(self.strict) is not None


def search(query: SearchQuery) -> SearchResults:
    """Answer a listener's question from published episodes; never raises, whatever was typed.

    Words may stand anywhere in an episode, phrases in one sentence (or in title, people, topics, notes). Episodes come
    by rank, then newest first, EPISODES_A_PAGE a page; each has up to three passages.
    """
    text = query.cleaned
    if not text or not 1 <= (query.year or 1) <= 9998:
        return SearchResults(query)
    compiled = compile_query(text)
    people, topics = _people(text), _topics(text)
    if compiled is None:
        return SearchResults(query, people=people, topics=topics, only_common_words=True)
    listenable = _listenable(query)
    total, episode_ids = _ranked(compiled, listenable, query)
    return SearchResults(
        query,
        total=total,
        hits=hits_of(episode_ids, compiled.strict, compiled.loose, query.speaker_slug),
        people=people,
        topics=topics,
        suggestion="" if total else spelling_suggestion(text, lambda other: _finds(other, listenable)),
    )


def compile_query(text: str) -> CompiledQuery | None:
    """The question in every language the site speaks, or None when only stop words are left of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT transcripts_configuration(language)::text FROM "
            "(SELECT language FROM transcripts_transcript UNION SELECT language FROM episodes_show) spoken ORDER BY 1"
        )
        configurations = [name for (name,) in cursor.fetchall()] or ["transcripts_simple"]
        asked = " || ".join("websearch_to_tsquery(%s::regconfig, %s)" for _ in configurations)
        cursor.execute(
            f"SELECT ({asked})::text",
            [argument for name in configurations for argument in (name, text)],
        )
        strict = cursor.fetchone()[0]
    return CompiledQuery(strict, _loosened(strict)) if strict else None


def _loosened(strict: str) -> str:
    """The query with OR for AND, and without what was excluded."""
    return " | ".join(dict.fromkeys(_TERM.findall(_EXCLUDED.sub("", strict)))) or strict


def _listenable(query: SearchQuery) -> QuerySet[Episode]:
    """The published episodes that the filters leave."""
    episodes = Episode.objects.published()
    if query.show_slug:
        episodes = episodes.filter(show__slug=query.show_slug)
    if query.topic_slug:
        episodes = episodes.filter(topics__slug=query.topic_slug)
    if query.year:
        episodes = episodes.filter(published_at__year=query.year)
    return episodes


def _ranked(compiled: CompiledQuery, listenable: QuerySet[Episode], query: SearchQuery) -> tuple[int, list[int]]:
    """(how many episodes answer, the ids of this page's)."""
    offset = (min(max(query.page, 1), FURTHEST_PAGE) - 1) * EPISODES_A_PAGE
    by_sentence = compiled.has_phrase or bool(query.speaker_slug)
    sql, params = (
        _by_sentence(compiled, listenable, query.speaker_slug) if by_sentence else _by_episode(compiled, listenable)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) OVER (), found.episode_id FROM ({sql}) found "
            "JOIN episodes_episode e ON e.id = found.episode_id "
            "ORDER BY found.rank DESC, e.published_at DESC, e.id DESC LIMIT %s OFFSET %s",
            [*params, EPISODES_A_PAGE, offset],
        )
        rows = cursor.fetchall()
    if not rows and offset:
        return _count(sql, params), []
    return (rows[0][0] if rows else 0), [episode_id for _, episode_id in rows]


def _by_episode(compiled: CompiledQuery, listenable: QuerySet[Episode]) -> tuple[str, list[Any]]:
    """Episodes that hold all the words, wherever they stand.

    Weighing an episode reads its whole vector, so for words in very many only the likeliest are weighed: those where
    the words are written in title, people, topics or notes, then the newest. The others follow in that same order.
    """
    published, published_params = listenable.values("pk").query.sql_with_params()
    sql = (
        "SELECT placed.episode_id, CASE WHEN placed.place <= %s "
        "THEN (SELECT 1 + ts_rank(%s, x.search, %s::tsquery, 1) FROM transcripts_episodesearch x "
        "WHERE x.episode_id = placed.episode_id) ELSE 1.0 / placed.place END AS rank FROM ("
        "SELECT m.episode_id, row_number() OVER (ORDER BY "
        "m.episode_id IN (SELECT transcripts_episodes_about(%s::tsquery)) DESC, o.published_at DESC, o.id DESC) "
        "AS place FROM transcripts_episodes_matching(%s::tsquery) AS m(episode_id) "
        f"JOIN episodes_episode o ON o.id = m.episode_id WHERE o.id IN ({published})) placed"
    )
    return sql, [_MOST_WEIGHED, _WEIGHTS, compiled.strict, compiled.strict, compiled.strict, *published_params]


def _by_sentence(compiled: CompiledQuery, listenable: QuerySet[Episode], speaker_slug: str) -> tuple[str, list[Any]]:
    """Episodes where one sentence holds it all (said by this speaker, if one is asked for), or what is written does."""
    published, published_params = listenable.values("pk").query.sql_with_params()
    speaker_join = "JOIN transcripts_voicelabel v ON v.id = s.voice_id JOIN episodes_speaker p ON p.id = v.speaker_id"
    sql = (
        "SELECT hit.episode_id, max(hit.rank) AS rank FROM ("
        "SELECT t.episode_id, ln(1 + count(*)) AS rank FROM transcripts_segment s "
        f"JOIN transcripts_transcript t ON t.id = s.transcript_id {speaker_join if speaker_slug else ''} "
        "WHERE s.search @@ %s::tsquery AND t.state = 'shown' "
        f"{'AND p.slug = %s AND NOT p.hidden ' if speaker_slug else ''}GROUP BY t.episode_id"
    )
    params: list[Any] = [compiled.strict, *([speaker_slug] if speaker_slug else [])]
    if not speaker_slug:
        sql += (
            " UNION ALL SELECT x.episode_id, 10 * ts_rank(%s, x.about, %s::tsquery) FROM transcripts_episodesearch x "
            "WHERE x.episode_id IN (SELECT transcripts_episodes_about(%s::tsquery))"
        )
        params += [_WEIGHTS, compiled.strict, compiled.strict]
    sql += f") hit WHERE hit.episode_id IN ({published}) GROUP BY hit.episode_id"
    return sql, [*params, *published_params]


def _count(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) found", params)
        return int(cursor.fetchone()[0])


def _finds(text: str, listenable: QuerySet[Episode]) -> bool:
    """Whether a listener who asked this would get an answer: a suggestion never hints at what is not public."""
    compiled = compile_query(text)
    if compiled is None:
        return False
    published, params = listenable.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM transcripts_episodes_matching(%s::tsquery) AS m(episode_id) "
            f"WHERE m.episode_id IN ({published}))",
            [compiled.strict, *params],
        )
        return bool(cursor.fetchone()[0])


def _people(text: str) -> tuple[NamedHit, ...]:
    """People of published episodes whose name holds all the words."""
    speakers = Speaker.objects.shown().filter(appearances__episode__in=Episode.objects.published())
    return _named(speakers.distinct().order_by("name"), text)


def _topics(text: str) -> tuple[NamedHit, ...]:
    return _named(Topic.objects.filter(episodes__in=Episode.objects.published()).distinct().order_by("name"), text)


def _named(rows: "QuerySet[Speaker] | QuerySet[Topic]", text: str) -> tuple[NamedHit, ...]:
    wanted = Q()
    words = [word for word in re.findall(r"\w+", text) if len(word) > 1][:8]
    if not words:
        return ()
    for word in words:
        wanted &= Q(name__unaccent__icontains=word)
    return tuple(NamedHit(name, slug) for name, slug in rows.filter(wanted).values_list("name", "slug")[:5])
