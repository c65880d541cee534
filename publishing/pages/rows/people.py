"""The rows of the pages of people: everybody, and one person with what they took part in."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from episodes.models import Appearance, Episode, ShowHost, Speaker, SpeakerLink
from publishing.pages.frame import with_shows
from publishing.pages.rows.shapes import EpisodeRow, SpeakerRow, cards, fields


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
                .values(row=fields("label url"))
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
