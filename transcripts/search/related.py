"""Moments in other episodes that speak of the same rare things."""

from dataclasses import dataclass

from django.db import connection

from episodes.models import Episode
from transcripts.placed import Placed

# A word said in more than this share of all episodes says nothing about one of them.
_MOST_EPISODES_SHARE = 0.25
_WORDS_COMPARED = 12
_FOUND = """
    WITH listenable AS MATERIALIZED (
        SELECT unnest(%(public)s) AS episode_id
    ), own AS (
        SELECT lexeme, coalesce(array_length(positions, 1), 0) AS times
        FROM transcripts_episodesearch, unnest(spoken) WHERE episode_id = %(episode)s AND lexeme ~ '^[[:alpha:]]{4,}'
    ), frequent AS (
        -- Said again and again here: candidates for what this episode is about.
        SELECT lexeme, times FROM own WHERE times > 1 ORDER BY times DESC, lexeme LIMIT 100
    ), rare AS MATERIALIZED (
        SELECT f.lexeme, f.times,
            (SELECT count(*) FROM transcripts_episodes_matching(quote_literal(f.lexeme)::tsquery) AS m(episode_id)
                WHERE m.episode_id IN (SELECT episode_id FROM listenable)) AS episodes
        FROM frequent f
    ), telling AS (
        SELECT lexeme, times * ln(1.0 * greatest(%(total)s, 2) / episodes) AS weight FROM rare
        WHERE episodes > 1 AND episodes <= greatest(%(total)s * %(share)s, 2)
        ORDER BY weight DESC, lexeme LIMIT %(words)s
    ), query AS (
        SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS any_of FROM telling
    )
    SELECT DISTINCT ON (m.episode_id) m.episode_id, m.position, m.start_ms, m.text, m.weight
    FROM (
        SELECT t.episode_id, s.position, s.start_ms, s.text,
            (SELECT sum(weight) FROM telling WHERE s.search @@ quote_literal(lexeme)::tsquery) AS weight
        FROM query, transcripts_segment s JOIN transcripts_transcript t ON t.id = s.transcript_id
        WHERE s.search @@ query.any_of AND t.state = 'shown' AND t.episode_id <> %(episode)s
            AND t.episode_id IN (SELECT episode_id FROM listenable)
    ) m ORDER BY m.episode_id, m.weight DESC, m.position
"""


@dataclass(frozen=True, slots=True)
class RelatedMoment(Placed):
    """A sentence of another episode that holds rare words of this one."""

    episode_id: int
    show_slug: str
    slug: str
    title: str
    position: int
    start_ms: int | None
    text: str


def related_moments(episode: Episode, most: int = 3) -> list[RelatedMoment]:
    """At most one moment an episode, from published ones, those that share most first; [] when nothing is shared."""
    public = list(Episode.objects.published().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND,
            {
                "episode": episode.pk,
                "public": public,
                "total": len(public),
                "share": _MOST_EPISODES_SHARE,
                "words": _WORDS_COMPARED,
            },
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (-row[4], -row[0]))[:most]
    others = Episode.objects.select_related("show").in_bulk([row[0] for row in rows])
    return [
        RelatedMoment(
            episode_id=episode_id,
            show_slug=others[episode_id].show.slug,
            slug=others[episode_id].slug,
            title=others[episode_id].title,
            position=position,
            start_ms=start_ms,
            text=text,
        )
        for episode_id, position, start_ms, text, _ in rows
    ]
