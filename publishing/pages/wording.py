"""Durations and episode numbers as people say them, in the page's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from episodes.models import Episode
from episodes.timecode import MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND


def spoken_duration(ms: int) -> str:
    """1 hour 2 minutes; seconds only under an hour."""
    hours, minutes, seconds = ms // MS_PER_HOUR, ms // MS_PER_MINUTE % 60, ms // MS_PER_SECOND % 60
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if (seconds and not hours) or not parts:
        parts.append(ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds})
    return " ".join(parts)


def episode_label(episode: Episode | dict) -> str:
    """What stands before an episode's title; a dict has neither kind nor season."""
    if isinstance(episode, dict):
        return numbered(Episode.Kind.FULL, episode["display_number"], episode["number"], None)
    season = episode.season
    return numbered(episode.kind, episode.display_number, episode.number, season.number if season else None)


def numbered(kind: str, shown: str, number: int | None, season: int | None) -> str:
    """ "Season 2, episode 5", "Episode 5", the number as the team writes it ("E00"), or the kind of a special."""
    if kind == Episode.Kind.TRAILER:
        return _("Trailer")
    if kind == Episode.Kind.BONUS and number is None and not shown:
        return _("Bonus")
    if shown:
        return shown
    if number is None:
        return ""
    if season is not None:
        return _("Season %(season)d, episode %(number)d") % {"season": season, "number": number}
    return _("Episode %(number)d") % {"number": number}


# The roles of the podcast taxonomy, so that translators meet them; pages translate the stored English name.
ROLE_NAMES = (
    gettext_noop("Host"),
    gettext_noop("Co-Host"),
    gettext_noop("Guest Host"),
    gettext_noop("Guest"),
    gettext_noop("Voice Actor"),
    gettext_noop("Narrator"),
    gettext_noop("Announcer"),
    gettext_noop("Reporter"),
    gettext_noop("Director"),
    gettext_noop("Executive Producer"),
    gettext_noop("Senior Producer"),
    gettext_noop("Producer"),
    gettext_noop("Associate Producer"),
    gettext_noop("Author"),
    gettext_noop("Writer"),
    gettext_noop("Editor"),
    gettext_noop("Managing Editor"),
    gettext_noop("Researcher"),
    gettext_noop("Fact Checker"),
    gettext_noop("Translator"),
    gettext_noop("Transcriber"),
    gettext_noop("Audio Engineer"),
    gettext_noop("Audio Editor"),
    gettext_noop("Sound Designer"),
    gettext_noop("Composer"),
    gettext_noop("Theme Music"),
    gettext_noop("Production Coordinator"),
    gettext_noop("Production Assistant"),
    gettext_noop("Graphic Designer"),
    gettext_noop("Cover Art Designer"),
    gettext_noop("Social Media Manager"),
    gettext_noop("Consultant"),
)
