"""Dates and lengths as feeds of all hosts write them."""

import calendar
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from episodes.at_first_use import AtFirstUse

_foreign_dates = AtFirstUse("feedparser.datetimes")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,6}))?")
_SECONDS = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?")
_DAY_MS = 24 * 3600 * 1000


def parse_date(text: str) -> datetime | None:
    """The moment (aware, UTC) a pubDate names, or None. A date without a zone is UTC.

    RFC 822/2822 is read by the standard library; ISO 8601 and the odd forms of old hosts by feedparser.
    """
    text = " ".join(text.split())
    if not text or len(text) > 100:
        return None
    moment: datetime | None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        try:
            fields = _foreign_dates._parse_date(text)
            moment = None if fields is None else datetime.fromtimestamp(calendar.timegm(fields), UTC)
        except (ValueError, OverflowError, OSError):
            return None
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def parse_duration_ms(text: str) -> int | None:
    """Milliseconds of an itunes:duration: seconds, MM:SS or HH:MM:SS; None when it says nothing sensible."""
    text = text.strip()
    if clock := _CLOCK.fullmatch(text):
        ms = ((int(clock[1] or 0) * 60 + int(clock[2])) * 60 + int(clock[3])) * 1000 + _fraction_ms(clock[4])
    elif seconds := _SECONDS.fullmatch(text):
        ms = int(seconds[1]) * 1000 + _fraction_ms(seconds[2])
    else:
        return None
    return ms if 0 < ms <= _DAY_MS * 4 else None


def _fraction_ms(digits: str | None) -> int:
    return int((digits or "0").ljust(3, "0")[:3])
