"""An episode's rows as what a citation needs."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from episodes.timecode import format_clock
from publishing.pages.citations import Cited
from publishing.pages.rows import EpisodeRow

# People whose work the episode is; the others are thanked on the page, not cited.
CITED_ROLES = ("Host", "Co-Host", "Guest Host", "Guest", "Narrator", "Reporter", "Author", "Writer")


def cited(episode: EpisodeRow, start_ms: int | None = None) -> Cited:
    """Of an episode read by page_rows; the date is the day where the team sits."""
    url = settings.SITE_URL + episode.get_absolute_url()
    return Cited(
        title=episode.title,
        show=episode.show.title,
        publisher=episode.show.author,
        people=tuple((row["name"], row["role"]) for row in episode.people if row["role"] in CITED_ROLES),
        published_on=episode.published_at.astimezone(_zone(episode.show.time_zone)).date(),
        url=f"{url}?t={start_ms // 1000}" if start_ms is not None else url,
        duration=format_clock(episode.duration_ms or 0),
        number=episode.display_number or (str(episode.number) if episode.number is not None else ""),
        language=episode.show.language,
        moment=format_clock(start_ms) if start_ms is not None else "",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def citation_key(episode: EpisodeRow) -> str:
    """batalden2022-e00-paul-on-coproduction"""
    family = episode.people[0]["name"].split()[-1].lower() if episode.people else ""
    ascii_family = "".join(letter for letter in family if letter.isascii() and letter.isalpha())
    return f"{ascii_family}{episode.published_at.year}-{episode.slug}"
