"""The rows of a show's pages: the show with its people, topics and links, and its latest episodes."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import ExtractYear

from episodes.models import Appearance, Episode, FollowLink, FundingLink, Season, Show, ShowHost, Speaker, Topic
from publishing.pages.frame import with_shows
from publishing.pages.rows.kept import keep
from publishing.pages.rows.ready_query import ReadyQuery
from publishing.pages.rows.shapes import EpisodeRow, ShowRow, cards, fields, person


def show_page(show_slug: str | None, mark: str = "") -> ShowRow | None:
    """A show (None: the site's only one) with hosts, topics, seasons, links and the number of its episodes.

    One query, and none where it was read under the same `mark` of the site.
    """
    return keep(mark, ("show", show_slug), lambda: _read_show(show_slug)) if mark else _read_show(show_slug)


def _read_show(show_slug: str | None) -> ShowRow | None:
    if show_slug is None:
        found = _whole_shows(Show.objects.order_by("title")).first()
    else:
        found = next(iter(_show_of_slug().ask({_SHOW_SLUG: show_slug})), None)
    if found is not None:
        # One text of all that an archive can be narrowed to, by which its form is kept.
        found.choices = repr((found.season_rows, found.topic_rows, found.speaker_rows, found.year_rows))
    return found


_MOST = 1_000_000
# No slug holds a space.
_SHOW_SLUG = "the show"


@cache
def _show_of_slug() -> ReadyQuery:
    return ReadyQuery(_whole_shows(Show.objects.filter(slug=_SHOW_SLUG)))


def _whole_shows(shows: QuerySet) -> QuerySet:
    published = Episode.objects.published().filter(show=OuterRef("pk"))
    # Gathered from the show's side, which the limit (more than anybody has) makes Postgres do: to ask of each topic or
    # person whether the show has it reads all that the others have.
    of_show = Episode.objects.published().filter(show=OuterRef(OuterRef(OuterRef("pk")))).values("pk")
    return with_shows(shows).annotate(
        host_rows=ArraySubquery(
            ShowHost.objects.filter(show=OuterRef("pk"), speaker__hidden=False)
            .order_by("position", "id")
            .values(row=person(bio="speaker__bio", affiliation="speaker__affiliation"))
        ),
        topic_rows=ArraySubquery(
            Topic.objects.filter(
                pk__in=Episode.topics.through.objects.filter(episode__in=of_show).values("topic").distinct()[:_MOST]
            )
            .order_by("name")
            .values(row=fields("name slug"))
        ),
        speaker_rows=ArraySubquery(
            Speaker.objects.shown()
            .filter(
                pk__in=Appearance.objects.filter(episode__in=of_show).order_by().values("speaker").distinct()[:_MOST]
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
        episode_count=Subquery(
            published.order_by().values(all=Func(Value(1), function="COUNT")), output_field=IntegerField()
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
