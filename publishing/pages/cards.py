"""An episode's card as lists show it: HTML that is written once for the same words and kept, whatever list asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from publishing.pages.pictures import Picture, picture_of
from publishing.pages.rows import EpisodeRow
from publishing.pages.wording import numbered

PEOPLE_NAMED = 3
# About 2.5 kB each.
MOST_KEPT = 400


@dataclass(frozen=True, slots=True)
class Card:
    """All that the template is given, so that equal cards are the same HTML."""

    level: int
    show_slug: str
    show_title: str
    show_named: bool
    language: str
    slug: str
    title: str
    kind: str
    display_number: str
    number: int | None
    season_number: int | None
    summary: str
    published_at: datetime
    duration_ms: int
    audio_mark: str
    audio_extension: str
    cover: Picture | None
    people: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    has_chapters: bool
    has_transcript: bool

    @property
    def label(self) -> str:
        return numbered(self.kind, self.display_number, self.number, self.season_number)

    @property
    def url(self) -> str:
        return reverse("publishing:episode", args=[self.show_slug, self.slug])

    @property
    def enclosure_url(self) -> str:
        return reverse("downloads:audio", args=[self.show_slug, self.slug, self.audio_mark, self.audio_extension])


def cards_html(episodes: Iterable[EpisodeRow], *, level: int, show_named: bool = False) -> SafeString:
    """Of rows of `cards`, in their order, in the language of the page around them."""
    # While DEBUG is on, the template may have been changed.
    written = _written.__wrapped__ if settings.DEBUG else _written
    language, prefix = get_language(), get_script_prefix()
    return mark_safe("".join(written(_card(one, level, show_named), language, prefix) for one in episodes))


def _card(episode: EpisodeRow, level: int, show_named: bool) -> Card:
    show, season = episode.show, episode.season
    return Card(
        level=level,
        show_slug=show.slug,
        show_title=show.title,
        show_named=show_named,
        language=show.language,
        slug=episode.slug,
        title=episode.title,
        kind=episode.kind,
        display_number=episode.display_number,
        number=episode.number,
        season_number=season.number if season else None,
        summary=episode.summary,
        published_at=episode.published_at,
        duration_ms=episode.duration_ms,
        audio_mark=episode.audio_sha256[:8],
        audio_extension=episode.audio_extension,
        cover=picture_of(episode, "artwork") if episode.artwork else None,
        people=tuple((row["name"], row["slug"]) for row in episode.people[:PEOPLE_NAMED]),
        roles=tuple(getattr(episode, "own_roles", ())),
        has_chapters=bool(episode.has_chapters),
        has_transcript=bool(episode.has_transcript),
    )


@lru_cache(MOST_KEPT)
def _written(card: Card, language: str | None, prefix: str) -> SafeString:
    return render_to_string("publishing/_episode.html", {"card": card})


def _forget(**_: object) -> None:
    """Settings change in tests only."""
    _written.cache_clear()


setting_changed.connect(_forget)
