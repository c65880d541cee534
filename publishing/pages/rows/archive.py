"""The rows of a show's archive: a page of episodes, narrowed by what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, Func, IntegerField, OuterRef, Subquery, Value

from episodes.models import Appearance, Episode, EpisodeQuerySet, Show
from publishing.pages.addresses import as_query
from publishing.pages.rows.ready_query import ReadyQuery
from publishing.pages.rows.shapes import EpisodeRow, ShowRow, cards
from transcripts.models import Transcript

EPISODES_PER_PAGE = 20
# Pages of an archive without narrowing whose SQL is kept.
MOST_READY_PAGES = 10


@dataclass(frozen=True, slots=True)
class Filters:
    """What an archive is narrowed to; empty strings and None mean no narrowing."""

    season: int | None = None
    topic: str = ""
    speaker: str = ""
    year: int | None = None
    transcript: bool = False

    @property
    def any(self) -> bool:
        return self != Filters()

    def as_query(self) -> str:
        """For the links of the pages: season=2&topic=trust, or nothing."""
        return as_query(
            season=self.season,
            topic=self.topic,
            speaker=self.speaker,
            year=self.year,
            transcript="yes" if self.transcript else "",
        )


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """`told` is the same while the episodes' rows are; None where nobody can say."""

    episodes: Sequence[EpisodeRow]
    total: int
    number: int
    told: str | None = None

    @property
    def last(self) -> int:
        return max(1, -(-self.total // EPISODES_PER_PAGE))


def archive_page(show: ShowRow, filters: Filters, number: int) -> ArchivePage:
    """Page `number` (from 1) of a show's episodes, newest first; a serial show begins at its beginning. One query.

    `show` is of show_page, which brings the number of all along.
    """
    first = (number - 1) * EPISODES_PER_PAGE
    if not filters.any and number <= MOST_READY_PAGES:
        found = _ready_page(show.type, first).ask({_SHOW_ID: show.pk})
        return ArchivePage(found, show.episode_count, number, found.key)
    episodes = _listed(show.pk, show.type, filters)
    # Counted apart: a window over the rows would have each of them made before the page's twenty are chosen.
    counted = episodes.order_by().values(all=Func(Value(1), function="COUNT"))
    listed = cards(episodes).annotate(total=Subquery(counted, output_field=IntegerField()))
    rows = list(listed[first : first + EPISODES_PER_PAGE])
    return ArchivePage(rows, rows[0].total if rows else 0, number)


# Where the number of a show is to come; none is below nought.
_SHOW_ID = -1


@lru_cache(maxsize=2 * MOST_READY_PAGES)
def _ready_page(show_type: str, first: int) -> ReadyQuery:
    return ReadyQuery(cards(_listed(_SHOW_ID, show_type, Filters()))[first : first + EPISODES_PER_PAGE])


def _listed(show_id: int, show_type: str, filters: Filters) -> EpisodeQuerySet:
    """The show's episodes in their order."""
    episodes = Episode.objects.published().filter(show=show_id)
    if filters.season is not None:
        episodes = episodes.filter(season__number=filters.season)
    if filters.topic:
        episodes = episodes.filter(topics__slug=filters.topic)
    if filters.speaker:
        episodes = episodes.filter(
            Exists(
                Appearance.objects.filter(episode=OuterRef("pk"), speaker__slug=filters.speaker, speaker__hidden=False)
            )
        )
    if filters.year is not None:
        episodes = episodes.filter(published_at__year=filters.year)
    if filters.transcript:
        episodes = episodes.filter(Exists(Transcript.objects.shown().filter(episode=OuterRef("pk"))))
    return episodes.order_by("published_at", "id") if show_type == Show.Type.SERIAL else episodes.newest_first()


def years_of_episodes() -> list[int]:
    """Years with a published episode, newest first."""
    return [moment.year for moment in Episode.objects.published().dates("published_at", "year", order="DESC")]
