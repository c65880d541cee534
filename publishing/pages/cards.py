"""An episode's card as lists show it: HTML that is written once for the same words and kept, whatever list asks."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from publishing.pages.pictures import Picture, picture_of
from publishing.pages.rows import EpisodeRow
from publishing.pages.wording import episode_label

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
    label: str
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
    def url(self) -> str:
        return reverse("publishing:episode", args=[self.show_slug, self.slug])

    @property
    def enclosure_url(self) -> str:
        return reverse("downloads:audio", args=[self.show_slug, self.slug, self.audio_mark, self.audio_extension])


def card_html(episode: EpisodeRow, *, level: int, show_named: bool = False) -> SafeString:
    """Of a row of `cards`, in the language of the page around it."""
    show = episode.show
    card = Card(
        level=level,
        show_slug=show.slug,
        show_title=show.title,
        show_named=show_named,
        language=show.language,
        slug=episode.slug,
        title=episode.title,
        label=episode_label(episode),
        summary=episode.summary,
        published_at=episode.published_at,
        duration_ms=episode.duration_ms,
        audio_mark=episode.audio_sha256[:8],
        audio_extension=episode.audio_extension,
        cover=picture_of(episode, "artwork"),
        people=tuple((row["name"], row["slug"]) for row in episode.people[:PEOPLE_NAMED]),
        roles=tuple(getattr(episode, "own_roles", ())),
        has_chapters=bool(episode.has_chapters),
        has_transcript=bool(episode.has_transcript),
    )
    if settings.DEBUG:  # the template may have been changed
        return _written.__wrapped__(card, get_language(), get_script_prefix())
    return _written(card, get_language(), get_script_prefix())


@lru_cache(MOST_KEPT)
def _written(card: Card, language: str | None, prefix: str) -> SafeString:
    return render_to_string("publishing/_episode.html", {"card": card})


def _forget(**_: object) -> None:
    """Settings change in tests only."""
    _written.cache_clear()


setting_changed.connect(_forget)
