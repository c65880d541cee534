"""Chapters read from the files of other tools."""

import json
import re

from lxml import etree

from episodes.audio.id3 import EpisodeTags
from episodes.chapters import MOST_CHAPTERS, ChapterError, ChapterMark, parse_lines, tidy
from episodes.plaintext import storable
from episodes.timecode import LONGEST_MS, TimecodeError, parse_time

PSC_NAMESPACE = "http://podlove.org/simple-chapters"
_MOST_BYTES = 2_000_000
_AUDACITY = re.compile(r"(\d+[.,]\d+)\t(\d+[.,]\d+)\t(.*)")


def read_chapters(data: bytes) -> list[ChapterMark]:
    """Chapters of a file, by its content: Podcasting 2.0 JSON, Podlove XML (also a whole feed item), Audacity
    labels, mp4chaps or our own lines. Raises ChapterError.
    """
    if len(data) > _MOST_BYTES:
        raise ChapterError("This file has more than 2 MB: it is not a list of chapters. Choose another.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252")
        except UnicodeDecodeError as error:
            raise ChapterError("This file is not text. Save the chapters as UTF-8 text or JSON.") from error
    text = storable(text).strip()
    if text.startswith("{"):
        marks = _read_json(text)
    elif text.startswith("<"):
        marks = _read_psc(text)
    elif _AUDACITY.match(text):
        marks = _read_audacity(text)
    else:
        marks = parse_lines(text)
    if not marks:
        raise ChapterError("This file holds no chapters. Write one on each line: 00:00 Title.")
    return tidy(marks)


def _read_json(text: str) -> list[ChapterMark]:
    try:
        found = json.loads(text)
        entries = found["chapters"]
        marks = []
        for count, entry in enumerate(entries[: MOST_CHAPTERS + 1], start=1):
            start_ms = round(float(entry["startTime"]) * 1000)
            if not 0 <= start_ms <= LONGEST_MS:
                raise ChapterError(f"Chapter {count} begins at {entry['startTime']} seconds. Correct it.")
            title, link = str(entry.get("title") or f"Chapter {count}"), str(entry.get("url") or "")
            marks.append(ChapterMark(start_ms, title, link, entry.get("toc") is not False))
    except ChapterError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ChapterError(
            'This JSON is not a chapters file: it needs "chapters", a list whose entries have "startTime" in seconds.'
        ) from error
    return marks


def _read_psc(text: str) -> list[ChapterMark]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ChapterError(f"This XML cannot be read: {error}. Export the chapters again.") from error
    marks = []
    for count, element in enumerate(root.iter(f"{{{PSC_NAMESPACE}}}chapter"), start=1):
        try:
            start_ms = parse_time(element.get("start") or "")
        except TimecodeError as error:
            raise ChapterError(f"Chapter {count}: {error}") from error
        marks.append(ChapterMark(start_ms, element.get("title") or f"Chapter {count}", element.get("href") or ""))
    return marks


def _read_audacity(text: str) -> list[ChapterMark]:
    marks: list[ChapterMark] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("\\"):  # a backslash line holds a spectral selection
            continue
        found = _AUDACITY.match(line)
        if found is None:
            raise ChapterError(
                f"Line {number} is not an Audacity label: it needs start, end and text with tabs between."
            )
        marks.append(ChapterMark(parse_time(found[1]), found[3].strip() or f"Chapter {len(marks) + 1}"))
    return marks


def chapters_inside(tags: EpisodeTags | None) -> list[ChapterMark]:
    """What a producer's editor wrote into the audio file itself; [] where it wrote none."""
    if tags is None:
        return []
    return tidy(ChapterMark(inside.start_ms, inside.title, inside.link, inside.listed) for inside in tags.chapters)
