"""The rows of a show's archive: a page of episodes, narrowed by what was asked for."""

from dataclasses import dataclass

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Subquery

from episodes.models import Appearance, Episode, Show
from publishing.pages.addresses import as_query
from publishing.pages.rows.shapes import EpisodeRow, cards
from transcripts.models import Transcript

EPISODES_PER_PAGE = 20


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
    episodes: list[EpisodeRow]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // EPISODES_PER_PAGE))


def archive_page(show: Show, filters: Filters, number: int) -> ArchivePage:
    """Page `number` (from 1) of a show's episodes, newest first; a serial show begins at its beginning. One query."""
    episodes = Episode.objects.published().filter(show=show)
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
    ordered = episodes.order_by("published_at", "id") if show.type == Show.Type.SERIAL else episodes.newest_first()
    # Counted apart: a window over the rows would have each of them made before the page's twenty are chosen.
    counted = episodes.order_by().values(all=Func(F("pk"), function="COUNT"))
    first = (number - 1) * EPISODES_PER_PAGE
    rows = list(
        cards(ordered).annotate(total=Subquery(counted, output_field=IntegerField()))[first : first + EPISODES_PER_PAGE]
    )
    return ArchivePage(rows, rows[0].total if rows else 0, number)


def years_of_episodes() -> list[int]:
    """Years with a published episode, newest first."""
    return [moment.year for moment in Episode.objects.published().dates("published_at", "year", order="DESC")]
