"""Chapters of an episode: as lines that producers write, and as apps get them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from episodes.plaintext import storable
from episodes.timecode import format_clock, format_clock_exact, parse_time

MOST_CHAPTERS = 500
LONGEST_TITLE = 255
_LINE = re.compile(r"[(\[]?([\d:.,]+)[)\]]?\s*(?:[-–—|]\s+)?(.*)")
_BEGINS_WITH_DASH = re.compile(r"[-–—|]\s")
_SILENT = "(silent)"


class ChapterError(ValueError):
    """The text or file holds no usable chapters; the message names the line and says what to do."""


@dataclass(frozen=True)
class ChapterMark:
    """A chapter by its start; `listed` False = silent, not shown in lists; `image` = a picture's whole address."""

    start_ms: int
    title: str
    link: str = ""
    listed: bool = True
    image: str = ""


def parse_lines(text: str, duration_ms: int | None = None) -> list[ChapterMark]:
    """Read lines of "00:00 Title | https://link" into chapters, in order of time.

    Empty lines are skipped; a link is optional; "(silent)" at the end of a line hides a chapter from lists. A bar with
    nothing behind it ends a title that looks like more than one.
    Raises ChapterError naming every faulty line, when two start at the same moment or one starts after the end.
    """
    marks: list[ChapterMark] = []
    faults: list[str] = []
    line_of: dict[int, int] = {}
    for number, line in enumerate(storable(text).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            mark = _parse_line(line.strip())
            if mark.start_ms in line_of:
                raise ChapterError(
                    f"{format_clock_exact(mark.start_ms)} already begins the chapter of line {line_of[mark.start_ms]}. "
                    "Give each chapter its own time."
                )
            if duration_ms is not None and mark.start_ms >= duration_ms:
                raise ChapterError(
                    f"{format_clock_exact(mark.start_ms)} lies after the end of the audio "
                    f"({format_clock(duration_ms)}). Correct the time."
                )
        except ValueError as error:
            faults.append(f"Line {number}: {error}")
        else:
            line_of[mark.start_ms] = number
            marks.append(mark)
    if len(marks) > MOST_CHAPTERS:
        faults.append(f"These are {len(marks)} chapters; {MOST_CHAPTERS} are the limit.")
    if faults:
        more = f"\n… and {len(faults) - 10} lines more." if len(faults) > 10 else ""
        raise ChapterError("\n".join(faults[:10]) + more)
    return sorted(marks, key=lambda mark: mark.start_ms)


def format_lines(marks: Iterable[ChapterMark]) -> str:
    """The text that parse_lines reads back to the same chapters."""
    return "\n".join(f"{format_clock_exact(mark.start_ms)} {_behind_the_time(mark)}" for mark in marks)


def _behind_the_time(mark: ChapterMark) -> str:
    ends_as_silent = mark.listed and _without_silent(mark.title) is not None
    is_misread = mark.title.endswith(" |") or _split_link(mark.title)[1] or ends_as_silent
    # A bar with nothing behind it: what stands before it is title, however it looks.
    link = f" | {mark.link}" if mark.link else " |" if is_misread else ""
    written = f"{mark.title}{link}{'' if mark.listed else f' {_SILENT}'}"
    # One dash behind the time is a separator and is dropped; the title's own is the second.
    return f"- {written}" if _BEGINS_WITH_DASH.match(written) else written


def chapters_json(marks: Sequence[ChapterMark], title: str = "", show: str = "") -> dict[str, object]:
    """Podcasting 2.0 JSON chapters 1.2 as a mapping; times in seconds."""
    listed: list[dict[str, object]] = []
    for mark in marks:
        entry: dict[str, object] = {"startTime": _seconds(mark.start_ms), "title": mark.title}
        if mark.link:
            entry["url"] = mark.link
        if mark.image:
            entry["img"] = mark.image
        if not mark.listed:
            entry["toc"] = False
        listed.append(entry)
    about = {key: value for key, value in (("title", title), ("podcastName", show)) if value}
    return {"version": "1.2.0", **about, "chapters": listed}


def _parse_line(line: str) -> ChapterMark:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ChapterError(f'"{line[:60]}" does not begin with a time. Write 03:15 Title.')
    start_ms = parse_time(found[1])
    title = found[2].strip()
    silent = _without_silent(title)
    listed = silent is None
    title = title if silent is None else silent
    title, link = (title[:-2], "") if title.endswith(" |") else _split_link(title)
    title, link = title.strip(), link.strip()
    if not title:
        raise ChapterError(f"the chapter at {found[1]} has no title. Write it behind the time.")
    if len(title) > LONGEST_TITLE:
        raise ChapterError(f"the title has {len(title)} letters; {LONGEST_TITLE} are the limit. Shorten it.")
    if link:
        check_link(link)
    return ChapterMark(start_ms, title, link, listed)


def _without_silent(text: str) -> str | None:
    """What stands before "(silent)", a word of its own at the end; None without it."""
    before, silent, behind = text.rpartition(_SILENT)
    return before.strip() if silent and not behind and (not before or before[-1].isspace()) else None


def _split_link(text: str) -> tuple[str, str]:
    """Title and link ("" without one) of "Title | https://…"; in "Trust | and doubt" the bar belongs to the title."""
    title, bar, behind = text.rpartition(" | ")
    is_link = bar and not any(c.isspace() for c in behind.strip()) and any(c in behind for c in ":./")
    return (title, behind) if is_link else (text, "")


def tidy(marks: Iterable[ChapterMark]) -> list[ChapterMark]:
    """Chapters that others wrote, as they can be kept: in order of time, one a moment, titles of one line, real links.

    At most MOST_CHAPTERS; what is no address is left out.
    """
    tidied: dict[int, ChapterMark] = {}
    for mark in islice(marks, MOST_CHAPTERS):
        title = " ".join(storable(mark.title).split())[:LONGEST_TITLE] or f"Chapter {len(tidied) + 1}"
        try:
            check_link(mark.link)
            link = mark.link
        except ValueError:
            link = ""
        tidied.setdefault(mark.start_ms, ChapterMark(mark.start_ms, title, link, mark.listed))
    return [tidied[start] for start in sorted(tidied)]


def check_link(link: str) -> None:
    """Raises ChapterError when a chapter cannot lead there."""
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in link):
        raise ChapterError(f'"{link[:60]}" is not a web address. Write it in full, beginning with https://.')
    if len(link) > 500:
        raise ChapterError("the link has more than 500 letters. Use a shorter one.")


def _seconds(ms: int) -> int | float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000
