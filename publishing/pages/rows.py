"""The rows of each page, read in one or two queries: lists inside a row come as JSON arrays from the database."""

from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Window
from django.db.models.functions import ExtractYear, JSONObject

from episodes.models import (
    Appearance,
    Chapter,
    Episode,
    EpisodeLink,
    EpisodeQuerySet,
    FollowLink,
    FundingLink,
    Season,
    Show,
    ShowHost,
    Speaker,
    SpeakerLink,
    Topic,
)
from publishing.pages.frame import with_shows
from transcripts.models import Transcript

# Models with the lists their pages show (`people`, `topic_rows`, `site_shows` …) beside the model's own fields; the
# types of annotations that are JSON from the database are known to nobody.
EpisodeRow: TypeAlias = Any
ShowRow: TypeAlias = Any
SpeakerRow: TypeAlias = Any
TopicRow: TypeAlias = Any

EPISODES_PER_PAGE = 20
RELATED = 3


def _fields(names: str, **renamed: str) -> JSONObject:
    return JSONObject(**{name: name for name in names.split()}, **renamed)


def _people(of: str) -> ArraySubquery:
    """People of the episode named by the outer row's field; whoever took back consent is left out."""
    return ArraySubquery(
        Appearance.objects.filter(episode=OuterRef(of), speaker__hidden=False)
        .order_by("position", "id")
        .values(
            row=_fields(
                "role",
                name="speaker__name",
                slug="speaker__slug",
                pronouns="speaker__pronouns",
                affiliation="affiliation",
                affiliation_now="speaker__affiliation",
                orcid="speaker__orcid",
                photo="speaker__photo",
                photo_alt="speaker__photo_alt",
                photo_renditions="speaker__photo_renditions",
            )
        )
    )


def _topics(of: str) -> ArraySubquery:
    return ArraySubquery(Topic.objects.filter(episodes=OuterRef(of)).order_by("name").values(row=_fields("name slug")))


def cards(episodes: EpisodeQuerySet) -> QuerySet:
    """Episodes as lists show them: with show, people, topics and whether there are words to read."""
    return (
        episodes.select_related("show", "season")
        .defer("show_notes", "show__description", "show__about")
        .annotate(
            people=_people("pk"),
            topic_rows=_topics("pk"),
            has_chapters=Exists(Chapter.objects.filter(episode=OuterRef("pk"))),
            has_transcript=Exists(Transcript.objects.shown().filter(episode=OuterRef("pk"))),
        )
    )


def episode_page(show_slug: str, episode_slug: str) -> EpisodeRow | None:
    """A published episode with everything its page shows but the words; one query."""
    return _whole_episode(Episode.objects.published().filter(show__slug=show_slug, slug=episode_slug))


def previewed_episode(episode_id: int) -> EpisodeRow | None:
    """An episode of any state, for who holds a preview link."""
    return _whole_episode(Episode.objects.kept().filter(pk=episode_id))


def _whole_episode(found: EpisodeQuerySet) -> EpisodeRow | None:
    neighbours = Episode.objects.published().filter(show=OuterRef("show"))
    earlier = Q(published_at__lt=OuterRef("published_at")) | Q(
        published_at=OuterRef("published_at"), pk__lt=OuterRef("pk")
    )
    later = Q(published_at__gt=OuterRef("published_at")) | Q(
        published_at=OuterRef("published_at"), pk__gt=OuterRef("pk")
    )
    card = _fields("title slug number display_number duration_ms", show_slug="show__slug")
    related = (
        Episode.objects.published()
        .filter(topics__episodes=OuterRef("pk"))
        .exclude(pk=OuterRef("pk"))
        .annotate(shared=Count("topics"))
        .order_by("-shared", "-published_at")
    )
    whole = with_shows(cards(found)).annotate(
        chapter_rows=ArraySubquery(
            Chapter.objects.filter(episode=OuterRef("pk"), listed=True)
            .order_by("start_ms")
            .values(row=_fields("start_ms title link image"))
        ),
        link_rows=ArraySubquery(
            EpisodeLink.objects.filter(episode=OuterRef("pk"))
            .order_by("position", "id")
            .values(row=_fields("title url"))
        ),
        funding_rows=ArraySubquery(
            FundingLink.objects.filter(show=OuterRef("show"))
            .order_by("position", "id")
            .values(row=_fields("label url"))
        ),
        earlier_rows=ArraySubquery(neighbours.filter(earlier).newest_first().values(row=card)[:1]),
        later_rows=ArraySubquery(neighbours.filter(later).order_by("published_at", "id").values(row=card)[:1]),
        related_rows=ArraySubquery(related.values(row=card)[:RELATED]),
        transcript_rows=ArraySubquery(
            Transcript.objects.shown()
            .filter(episode=OuterRef("pk"))
            .order_by("id")
            .values(
                row=_fields(
                    "id language origin credit checked_on revision",
                    method="alignment__method",
                    audio_sha256="alignment__audio_sha256",
                )
            )
        ),
        stamp=F("show__stamp_row__stamp"),
        waveform_rows=ArraySubquery(Episode.objects.filter(pk=OuterRef("pk")).values(row=F("waveform__peaks"))),
    )
    return whole.defer(None).defer("show__about", "show__description").first()


def show_page(show_slug: str | None) -> ShowRow | None:
    """A show (None: the site's only one) with hosts, topics, seasons and links; one query."""
    shows = Show.objects.filter(slug=show_slug) if show_slug is not None else Show.objects.order_by("title")
    published = Episode.objects.published().filter(show=OuterRef("pk"))
    return (
        with_shows(shows)
        .annotate(
            host_rows=ArraySubquery(
                ShowHost.objects.filter(show=OuterRef("pk"), speaker__hidden=False)
                .order_by("position", "id")
                .values(
                    row=_fields(
                        "role",
                        name="speaker__name",
                        slug="speaker__slug",
                        bio="speaker__bio",
                        pronouns="speaker__pronouns",
                        affiliation="speaker__affiliation",
                        photo="speaker__photo",
                        photo_alt="speaker__photo_alt",
                        photo_renditions="speaker__photo_renditions",
                    )
                )
            ),
            topic_rows=ArraySubquery(
                Topic.objects.filter(
                    Exists(Episode.objects.published().filter(show=OuterRef(OuterRef("pk")), topics=OuterRef("pk")))
                )
                .order_by("name")
                .values(row=_fields("name slug"))
            ),
            speaker_rows=ArraySubquery(
                Speaker.objects.shown()
                .filter(
                    Exists(
                        Appearance.objects.filter(
                            speaker=OuterRef("pk"), episode__in=_published_of(OuterRef(OuterRef("pk")))
                        )
                    )
                )
                .order_by("name")
                .values(row=_fields("name slug"))
            ),
            season_rows=ArraySubquery(
                Season.objects.filter(show=OuterRef("pk"))
                .filter(Exists(Episode.objects.published().filter(season=OuterRef("pk"))))
                .order_by("number")
                .values(row=_fields("number name"))
            ),
            year_rows=ArraySubquery(
                published.annotate(year=ExtractYear("published_at")).order_by("-year").values("year").distinct()
            ),
            follow_rows=ArraySubquery(
                FollowLink.objects.filter(show=OuterRef("pk"))
                .order_by("position", "id")
                .values(row=_fields("app label url"))
            ),
            funding_rows=ArraySubquery(
                FundingLink.objects.filter(show=OuterRef("pk"))
                .order_by("position", "id")
                .values(row=_fields("label url"))
            ),
        )
        .first()
    )


def _published_of(show_id: OuterRef) -> QuerySet:
    return Episode.objects.published().filter(show=show_id).values("pk")


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


def as_query(**named: str | int | None) -> str:
    """The named values that are not empty, encoded for an address."""
    return urlencode({name: value for name, value in named.items() if value not in ("", None)})


def moment_url(page_url: str, seconds: int | None, anchor: str, query: str = "") -> str:
    """Where a page plays from: /show/episode/?t=754&q=trust#s123."""
    asked = as_query(t=seconds, q=query)
    return f"{page_url}{'?' if asked else ''}{asked}#{anchor}"


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
    first = (number - 1) * EPISODES_PER_PAGE
    rows = list(
        cards(ordered).annotate(total=Window(Count("pk"), output_field=IntegerField()))[
            first : first + EPISODES_PER_PAGE
        ]
    )
    return ArchivePage(rows, rows[0].total if rows else 0, number)


def latest_episodes(show: Show, count: int) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().filter(show=show).newest_first())[:count])


def latest_of_site(count: int) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().newest_first())[:count])


def years_of_episodes() -> list[int]:
    """Years with a published episode, newest first."""
    return [moment.year for moment in Episode.objects.published().dates("published_at", "year", order="DESC")]


def seen_speakers() -> QuerySet:
    """People who are heard in a published episode or host a show; a draft's guest is nobody yet."""
    heard = Appearance.objects.filter(speaker=OuterRef("pk"), episode__in=Episode.objects.published().values("pk"))
    return Speaker.objects.shown().filter(Exists(heard) | Exists(ShowHost.objects.filter(speaker=OuterRef("pk"))))


def speakers_page() -> list[SpeakerRow]:
    """Everybody, by name, with their number of episodes; one query."""
    published = Q(appearances__episode__in=Episode.objects.published().values("pk"))
    return list(
        with_shows(seen_speakers())
        .annotate(
            episode_count=Count("appearances__episode", filter=published, distinct=True),
            role_rows=ArraySubquery(
                Appearance.objects.filter(speaker=OuterRef("pk"), episode__in=Episode.objects.published().values("pk"))
                .order_by("role")
                .values("role")
                .distinct()
            ),
        )
        .order_by("name", "id")
    )


def speaker_page(slug: str) -> SpeakerRow | None:
    """One person with links; one query."""
    return (
        with_shows(seen_speakers().filter(slug=slug))
        .annotate(
            link_rows=ArraySubquery(
                SpeakerLink.objects.filter(speaker=OuterRef("pk"))
                .order_by("position", "id")
                .values(row=_fields("label url"))
            ),
        )
        .first()
    )


def episodes_of_speaker(speaker: Speaker) -> list[EpisodeRow]:
    """With `own_roles`: what the person did in each; one query."""
    return list(
        cards(
            Episode.objects.published()
            .filter(Exists(Appearance.objects.filter(episode=OuterRef("pk"), speaker=speaker)))
            .newest_first()
        ).annotate(
            own_roles=ArraySubquery(
                Appearance.objects.filter(episode=OuterRef("pk"), speaker=speaker)
                .order_by("position", "id")
                .values("role")
            )
        )
    )


def topics_page() -> list[TopicRow]:
    """Topics of published episodes, by name, with `episode_count`; one query."""
    published = Q(episodes__in=Episode.objects.published().values("pk"))
    return list(
        with_shows(Topic.objects.annotate(episode_count=Count("episodes", filter=published, distinct=True)))
        .filter(episode_count__gt=0)
        .order_by("name")
    )


def topic_page(slug: str) -> TopicRow | None:
    """A topic that a published episode has, with its related topics; one query."""
    heard = Exists(Episode.objects.published().filter(topics=OuterRef("pk")))
    return (
        with_shows(Topic.objects.filter(heard, slug=slug))
        .annotate(
            related_rows=ArraySubquery(
                Topic.objects.filter(heard, related=OuterRef("pk")).order_by("name").values(row=_fields("name slug"))
            )
        )
        .first()
    )


def episodes_of_topic(topic: Topic) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().filter(topics=topic).newest_first()))
