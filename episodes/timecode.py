"""Read and write times of day-long recordings: clock, Normal Play Time and ISO forms."""

import re

MS_PER_SECOND = 1000
MS_PER_MINUTE = 60 * MS_PER_SECOND
MS_PER_HOUR = 60 * MS_PER_MINUTE
LONGEST_MS = 100 * MS_PER_HOUR

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{2})(?:[.,](\d{1,9}))?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,6})(?:[.,](\d{1,9}))?", re.ASCII)
_UNITS = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?", re.ASCII)


class TimecodeError(ValueError):
    """The text is not a time; the message says so to a producer."""


def parse_time(text: str) -> int:
    """Read a time into whole milliseconds.

    Accepts h:mm:ss, m:ss and plain seconds, each with an optional fraction after a point or comma
    (rounded to the nearest millisecond), Normal Play Time with or without its "npt:", and 1h2m3s.
    Minutes may pass 59 only where no hours are given (75:30). Raises TimecodeError.
    Source: RFC 2326 section 3.6 (npt).
    """
    wanted = text.strip().lower().removeprefix("npt:")
    if clock := _CLOCK.fullmatch(wanted):
        hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), int(clock[3])
        if seconds > 59 or (clock[1] is not None and minutes > 59):
            raise _not_a_time(text)
        total = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE + seconds * MS_PER_SECOND
        total += _fraction_ms(clock[4])
    elif plain := _SECONDS.fullmatch(wanted):
        total = int(plain[1]) * MS_PER_SECOND + _fraction_ms(plain[2])
    elif wanted and (units := _UNITS.fullmatch(wanted)):
        total = int(units[1] or 0) * MS_PER_HOUR + int(units[2] or 0) * MS_PER_MINUTE
        total += int(units[3] or 0) * MS_PER_SECOND
    else:
        raise _not_a_time(text)
    if total > LONGEST_MS:
        raise TimecodeError(f'"{_shown(text)}" is longer than 100 hours. Correct it to hours:minutes:seconds.')
    return total


def format_clock(ms: int) -> str:
    """0:05, 12:34, 1:02:03: whole seconds, cut and not rounded, as a player shows them."""
    hours, minutes, seconds, _ = _parts(ms)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def format_clock_exact(ms: int) -> str:
    """As format_clock, with .mmm only where the time is not a whole second; parse_time reads it back unchanged."""
    fraction = ms % MS_PER_SECOND
    return f"{format_clock(ms)}.{fraction:03}" if fraction else format_clock(ms)


def format_npt(ms: int) -> str:
    """00:01:05.250: Normal Play Time of fixed width, which WebVTT and Podlove chapters share."""
    hours, minutes, seconds, fraction = _parts(ms)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"


def format_iso_duration(ms: int) -> str:
    """PT11M38S, as schema.org wants it; whole seconds."""
    hours, minutes, seconds, _ = _parts(ms)
    text = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"PT{text or '0S'}"


def _parts(ms: int) -> tuple[int, int, int, int]:
    if ms < 0:
        raise TimecodeError(f"{ms} milliseconds lie before the beginning.")
    return (
        ms // MS_PER_HOUR,
        ms // MS_PER_MINUTE % 60,
        ms // MS_PER_SECOND % 60,
        ms % MS_PER_SECOND,
    )


def _fraction_ms(digits: str | None) -> int:
    return round(int(digits) * MS_PER_SECOND / 10 ** len(digits)) if digits else 0


def _not_a_time(text: str) -> TimecodeError:
    return TimecodeError(f'"{_shown(text)}" is not a time. Write minutes:seconds, such as 1:15, or 1:02:15.')


def _shown(text: str) -> str:
    kept = "".join(c if c.isprintable() else "·" for c in text.strip())
    return kept if len(kept) <= 40 else f"{kept[:40]}…"
