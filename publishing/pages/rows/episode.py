"""The rows of an episode's page: everything but its words, in one query."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet

from episodes.models import Chapter, Episode, EpisodeLink, EpisodeQuerySet, FundingLink
from publishing.pages.frame import with_shows
from publishing.pages.rows.kept import keep
from publishing.pages.rows.ready_query import ReadyQuery
from publishing.pages.rows.shapes import EpisodeRow, cards, fields, topics_of
from transcripts.models import Transcript

RELATED = 3


def episode_page(show_slug: str, episode_slug: str, mark: str = "") -> EpisodeRow | None:
    """A published episode with everything its page shows but the words; `told` is the same while all of that is.

    One query, and none where it was read under the same `mark` of the site.
    """
    if not mark:
        return _read_episode(show_slug, episode_slug)
    return keep(mark, ("episode", show_slug, episode_slug), lambda: _read_episode(show_slug, episode_slug))


def _read_episode(show_slug: str, episode_slug: str) -> EpisodeRow | None:
    rows = _published_episode().ask({_SHOW_SLUG: show_slug, _EPISODE_SLUG: episode_slug})
    found = next(iter(rows), None)
    if found is not None:
        found.told = rows.key
    return found


# No slug holds a space.
_SHOW_SLUG, _EPISODE_SLUG = "the show", "the episode"


@cache
def _published_episode() -> ReadyQuery:
    found = Episode.objects.published().filter(show__slug=_SHOW_SLUG, slug=_EPISODE_SLUG)
    # Any change of the show moves its stamp, which is there for the words; the rest of the page is mostly as it was.
    return ReadyQuery(_whole_episodes(found), apart="stamp")


def previewed_episode(episode_id: int) -> EpisodeRow | None:
    """An episode of any state, for who holds a preview link."""
    return _whole_episodes(Episode.objects.kept().filter(pk=episode_id)).first()


def _whole_episodes(found: EpisodeQuerySet) -> QuerySet:
    neighbours = Episode.objects.published().filter(show=OuterRef("show"))
    # The date stands alone in the condition, so that the index of dates leads to the place instead of being read.
    earlier = Q(published_at__lte=OuterRef("published_at")) & (
        Q(published_at__lt=OuterRef("published_at")) | Q(pk__lt=OuterRef("pk"))
    )
    later = Q(published_at__gte=OuterRef("published_at")) & (
        Q(published_at__gt=OuterRef("published_at")) | Q(pk__gt=OuterRef("pk"))
    )
    card = fields("title slug number display_number duration_ms", show_slug="show__slug")
    # Chosen by their numbers alone, and only the chosen ones are made cards: thousands may share a topic.
    nearest = _sharing_topics(OuterRef(OuterRef("pk"))).values("pk")[:RELATED]
    related = _sharing_topics(OuterRef("pk")).filter(pk__in=nearest)
    whole = with_shows(cards(found).select_related("small_audio")).annotate(
        topic_rows=topics_of("pk"),
        chapter_rows=ArraySubquery(
            Chapter.objects.filter(episode=OuterRef("pk"), listed=True)
            .order_by("start_ms")
            .values(row=fields("start_ms title link image image_alt image_renditions"))
        ),
        link_rows=ArraySubquery(
            EpisodeLink.objects.filter(episode=OuterRef("pk"))
            .order_by("position", "id")
            .values(row=fields("title url"))
        ),
        funding_rows=ArraySubquery(
            FundingLink.objects.filter(show=OuterRef("show")).order_by("position", "id").values(row=fields("label url"))
        ),
        earlier_rows=ArraySubquery(neighbours.filter(earlier).newest_first().values(row=card)[:1]),
        later_rows=ArraySubquery(neighbours.filter(later).order_by("published_at", "id").values(row=card)[:1]),
        related_rows=ArraySubquery(related.values(row=card)),
        transcript_rows=ArraySubquery(
            Transcript.objects.shown()
            .filter(episode=OuterRef("pk"))
            .order_by("id")
            .values(
                row=fields(
                    "id language origin credit checked_on revision",
                    method="alignment__method",
                    audio_sha256="alignment__audio_sha256",
                )
            )
        ),
        stamp=F("show__stamp_row__stamp"),
        waveform_rows=ArraySubquery(Episode.objects.filter(pk=OuterRef("pk")).values(row=F("waveform__peaks"))),
    )
    return whole.defer(None).defer("show__about", "show__description")


def _sharing_topics(episode_id: OuterRef) -> QuerySet:
    """Published episodes that speak of the same things, those with most in common first."""
    return (
        Episode.objects.published()
        .filter(topics__episodes=episode_id)
        .exclude(pk=episode_id)
        .annotate(shared=Count("topics"))
        .order_by("-shared", "-published_at")
    )
