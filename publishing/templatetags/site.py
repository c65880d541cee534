"""Times, pictures, links and cleaned notes for the public pages."""

import json
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from episodes import shownotes
from episodes.models import Episode
from episodes.timecode import format_clock, format_iso_duration
from publishing.pages import addresses
from publishing.pages.bare_links import mark_bare_links
from publishing.pages.cards import cards_html
from publishing.pages.citations import Cited, apa, vancouver
from publishing.pages.frame import direction_of
from publishing.pages.icons import ICON_PATHS
from publishing.pages.pictures import Picture, picture_of
from publishing.pages.rows import EpisodeRow
from publishing.pages.wording import episode_label, spoken_duration

register = template.Library()


@register.filter
def clock(ms: int | None) -> str:
    """12:34"""
    return "" if ms is None else format_clock(ms)


@register.filter
def iso_duration(ms: int | None) -> str:
    """PT12M34S, for <time datetime>."""
    return "" if ms is None else format_iso_duration(ms)


@register.filter
def spoken(ms: int | None) -> str:
    """12 minutes 34 seconds, in the page's language."""
    return "" if ms is None else spoken_duration(ms)


@register.filter
def minutes(ms: int | None) -> str:
    """12 min: for lists, rounded, at least one."""
    if ms is None:
        return ""
    count = max(1, round(ms / 60_000))
    return ngettext("%(count)d min", "%(count)d min", count) % {"count": count}


@register.filter
def seconds(ms: int) -> int:
    """Whole seconds for ?t=; cut, so that the moment itself is heard."""
    return ms // 1000


@register.filter
def label(episode: object) -> str:
    """Season 2, episode 5; or E00; or nothing."""
    return episode_label(episode)


@register.filter
def megabytes(count: int | None) -> str:
    return "" if count is None else f"{count / 1_000_000:.1f} MB"


@register.filter
def notes(markdown: str) -> SafeString:
    """Markdown of producers as HTML; what shownotes has cleaned is the only text printed unescaped."""
    return mark_safe(_cleaned(markdown)) if markdown else SafeString("")


# Reading Markdown is a third of a page that is written anew, mostly because something else on the site has changed.
@lru_cache(maxsize=100)
def _cleaned(markdown: str) -> str:
    return mark_bare_links(shownotes.to_html(markdown))


@register.filter
def first_letters(name: str) -> str:
    """PB: stands for a face."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else settings.SITE_URL + path


@register.filter
def artwork(row: object) -> Picture | None:
    return picture_of(row, "artwork")


@register.filter
def photo(row: object) -> Picture | None:
    return picture_of(row, "photo")


@register.filter
def chapter_picture(row: object) -> Picture | None:
    return picture_of(row, "image")


@register.simple_tag
def picture(image: Picture, sizes: str, css_class: str = "", *, eager: bool = False, alt: str | None = None) -> str:
    """An image that never shifts the layout: AVIF and JPEG in the widths there are, square."""
    sources = format_html('<source type="image/avif" srcset="{}" sizes="{}">', image.srcset("avif"), sizes)
    return format_html(
        '<picture>{}<img class="{}" src="{}"{} width="{}" height="{}" alt="{}"{}></picture>',
        sources if image.srcset("avif") else "",
        css_class,
        image.url,
        format_html(' srcset="{}" sizes="{}"', image.srcset("jpeg"), sizes) if image.srcset("jpeg") else "",
        image.width,
        image.width,
        image.alt if alt is None else alt,
        mark_safe(' fetchpriority="high"') if eager else mark_safe(' loading="lazy" decoding="async"'),
    )


@register.simple_tag
def cards(episodes: Iterable[EpisodeRow], level: int, show_named: bool = False) -> SafeString:
    return cards_html(episodes, level=level, show_named=show_named)


@register.simple_tag
def card(episode: EpisodeRow, level: int) -> SafeString:
    return cards_html([episode], level=level)


@register.simple_tag
def moment_url(episode: Episode, seconds: int | None, anchor: str, query: str = "") -> str:
    return addresses.moment_url(episode.get_absolute_url(), seconds, anchor, query)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside words; screen readers hear the words only."""
    path = ICON_PATHS[name]
    return mark_safe(
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{path}"/></svg>'
    )


@register.filter
def waveform_path(peaks: list[int]) -> str:
    """Bars of a waveform as one SVG path on a grid of 4 units a bar and 100 high."""
    return "".join(f"M{4 * x + 1} {50 - h}h2v{2 * h}h-2z" for x, h in enumerate(bar_heights(peaks)))


@register.filter
def share_of(part_ms: int, whole_ms: int | None) -> str:
    """The place of a moment on the waveform's grid of 640 units."""
    return f"{640 * part_ms / whole_ms:.1f}" if whole_ms else "0"


def bar_heights(peaks: list[int], bars: int = 160) -> list[int]:
    """The loudest peak of each of `bars` equal stretches, 2 to 48."""
    if not peaks:
        return []
    spans = [
        peaks[len(peaks) * bar // bars : max(len(peaks) * (bar + 1) // bars, len(peaks) * bar // bars + 1)]
        for bar in range(bars)
    ]
    top = max(max(span) for span in spans) or 1
    return [max(2, round(48 * max(span) / top)) for span in spans]


@register.simple_tag
def structured(node: dict | None) -> SafeString:
    """JSON-LD; what could end the element is written as an escape, so text stays text."""
    if not node:
        return SafeString("")
    text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.filter
def grouped(count: int) -> str:
    """12,345 as the page's language writes it."""
    return number_format(count, use_l10n=True, force_grouping=True)


@register.filter
def direction(language: str) -> str:
    return direction_of(language)


@register.filter
def language_name(code: str) -> str:
    """A language as its own speakers write it; its code where Django knows no name."""
    try:
        return str(get_language_info(code.lower())["name_local"]).capitalize()
    except KeyError:
        return code


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def as_apa(cited: Cited) -> str:
    return apa(cited)


@register.filter
def as_vancouver(cited: Cited) -> str:
    return vancouver(cited)


@register.filter
def role(name: str) -> str:
    """The role in the page's language; the taxonomy's own names are English."""
    return str(_(name)) if name else ""


@register.filter
def one_line(text: str) -> str:
    """Text of many lines as one line, for a description."""
    return " ".join(text.split())
