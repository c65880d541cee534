"""The rows of a show's pages: the show with its people, topics and links, and its latest episodes."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear

from episodes.models import Episode, FollowLink, FundingLink, Season, Show, ShowHost, Speaker, Topic
from publishing.pages.frame import with_shows
from publishing.pages.rows.ready_query import ReadyQuery
from publishing.pages.rows.shapes import EpisodeRow, ShowRow, cards, fields, person


def show_page(show_slug: str | None) -> ShowRow | None:
    """A show (None: the site's only one) with hosts, topics, seasons and links; one query."""
    if show_slug is None:
        return _whole_shows(Show.objects.order_by("title")).first()
    return next(iter(_show_of_slug().ask({_SHOW_SLUG: show_slug})), None)


# No slug holds a space.
_SHOW_SLUG = "the show"


@cache
def _show_of_slug() -> ReadyQuery:
    return ReadyQuery(_whole_shows(Show.objects.filter(slug=_SHOW_SLUG)))


def _whole_shows(shows: QuerySet) -> QuerySet:
    published = Episode.objects.published().filter(show=OuterRef("pk"))
    return with_shows(shows).annotate(
        host_rows=ArraySubquery(
            ShowHost.objects.filter(show=OuterRef("pk"), speaker__hidden=False)
            .order_by("position", "id")
            .values(row=person(bio="speaker__bio", affiliation="speaker__affiliation"))
        ),
        topic_rows=ArraySubquery(
            Topic.objects.filter(
                Exists(Episode.objects.published().filter(show=OuterRef(OuterRef("pk")), topics=OuterRef("pk")))
            )
            .order_by("name")
            .values(row=fields("name slug"))
        ),
        speaker_rows=ArraySubquery(
            Speaker.objects.shown()
            .filter(
                Exists(
                    Episode.objects.published().filter(
                        show=OuterRef(OuterRef("pk")), appearances__speaker=OuterRef("pk")
                    )
                )
            )
            .order_by("name")
            .values(row=fields("name slug"))
        ),
        season_rows=ArraySubquery(
            Season.objects.filter(show=OuterRef("pk"))
            .filter(Exists(Episode.objects.published().filter(season=OuterRef("pk"))))
            .order_by("number")
            .values(row=fields("number name"))
        ),
        year_rows=ArraySubquery(
            published.annotate(year=ExtractYear("published_at")).order_by("-year").values("year").distinct()
        ),
        follow_rows=ArraySubquery(
            FollowLink.objects.filter(show=OuterRef("pk"))
            .order_by("position", "id")
            .values(row=fields("app label url"))
        ),
        funding_rows=ArraySubquery(
            FundingLink.objects.filter(show=OuterRef("pk")).order_by("position", "id").values(row=fields("label url"))
        ),
    )


def front_episodes(show: Show, count: int) -> tuple[list[EpisodeRow], list[EpisodeRow]]:
    """The show's latest episodes, newest first, and those to start with in the producers' order; one query."""
    published = Episode.objects.published().filter(show=show)
    latest = published.newest_first().values("pk")[:count]
    rows = list(
        cards(published.filter(Q(pk__in=latest) | Q(start_here__isnull=False)).newest_first()).annotate(
            start_position=F("start_here__position")
        )
    )
    picks = [row for row in rows if row.start_position]
    # A pick that is older than the latest ones comes behind them, since all are in order of their dates.
    return rows[:count], sorted(picks, key=lambda row: row.start_position)


def latest_episodes(show: Show, count: int) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().filter(show=show).newest_first())[:count])


def latest_of_site(count: int) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().newest_first())[:count])
