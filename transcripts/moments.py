"""Every moment a person speaks, by episode, and their share of the talk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from episodes.models import Episode, Speaker
from transcripts.placed import Placed

# Spoken letters stand in for time where no times are known: everybody speaks at about the same pace.
_MOMENTS = """
    WITH turns AS (
        SELECT t.episode_id, t.id AS transcript_id, s.position, s.text, s.start_ms, s.end_ms, s.status, v.speaker_id,
            s.position - row_number() OVER (PARTITION BY t.id, v.speaker_id ORDER BY s.position) AS run
        FROM transcripts_segment s
        JOIN transcripts_transcript t ON t.id = s.transcript_id
        LEFT JOIN transcripts_voicelabel v ON v.id = s.voice_id
        WHERE t.state = 'shown' AND t.id IN (
            SELECT DISTINCT ON (o.episode_id) o.id FROM transcripts_transcript o
            JOIN episodes_episode e ON e.id = o.episode_id JOIN episodes_show w ON w.id = e.show_id
            WHERE o.state = 'shown' AND o.episode_id IN (
                SELECT x.episode_id FROM transcripts_transcript x
                JOIN transcripts_voicelabel y ON y.transcript_id = x.id WHERE y.speaker_id = %(speaker)s
            )
            ORDER BY o.episode_id, (o.language <> w.language), o.id
        )
    )
    SELECT episode_id, speaker_id = %(speaker)s AS is_theirs, min(position) AS position,
        (array_agg(text ORDER BY position))[1] AS text, min(start_ms) AS start_ms,
        sum(CASE WHEN end_ms > start_ms THEN end_ms - start_ms END) AS spoken_ms, sum(length(text)) AS letters,
        count(*) AS sentences
    FROM turns GROUP BY episode_id, transcript_id, speaker_id, run ORDER BY episode_id, position
"""


@dataclass(frozen=True, slots=True)
class Moment(Placed):
    """A turn of the speaker: where it begins and its first sentence."""

    position: int
    text: str
    start_ms: int | None
    sentences: int


@dataclass(frozen=True, slots=True)
class EpisodeMoments:
    """All turns of one speaker in one episode. `share` of all talk is 0 to 1; `spoken_ms` None without times."""

    episode_id: int
    show_slug: str
    slug: str
    title: str
    published_at: datetime
    share: float
    spoken_ms: int | None
    moments: tuple[Moment, ...]

    @property
    def share_percent(self) -> int:
        return round(self.share * 100)


def moments_of(speaker: Speaker) -> list[EpisodeMoments]:
    """The speaker's turns in published episodes, newest episode first; empty for a hidden speaker. Two queries."""
    if speaker.hidden:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_MOMENTS, {"speaker": speaker.pk})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    by_episode: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_episode.setdefault(row["episode_id"], []).append(row)
    episodes = Episode.objects.published().filter(pk__in=by_episode).select_related("show").newest_first()
    return [_moments(episode, by_episode[episode.pk]) for episode in episodes]


def _moments(episode: Any, rows: list[dict[str, Any]]) -> EpisodeMoments:
    theirs = [row for row in rows if row["is_theirs"]]
    # Time counts only where every turn has one; otherwise one untimed turn would make another's share too large.
    timed = all(row["spoken_ms"] is not None for row in rows)
    measure = "spoken_ms" if timed else "letters"
    return EpisodeMoments(
        episode_id=episode.pk,
        show_slug=episode.show.slug,
        slug=episode.slug,
        title=episode.title,
        published_at=episode.published_at,
        share=float(sum(row[measure] for row in theirs) / sum(row[measure] for row in rows)),
        spoken_ms=int(sum(row["spoken_ms"] for row in theirs)) if timed else None,
        moments=tuple(Moment(row["position"], row["text"], row["start_ms"], row["sentences"]) for row in theirs),
    )
