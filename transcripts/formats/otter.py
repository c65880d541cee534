"""Read the text of an Otter.ai export: its header, then timed turns."""

import re
from dataclasses import dataclass, field

from episodes.timecode import TimecodeError, parse_time
from transcripts.document import Notice, TranscriptDocument, TranscriptError
from transcripts.formats.heads import read_timed_head
from transcripts.formats.turns import TurnBuilder

_FOOTER = re.compile(r"Transcribed by https?://otter\.ai/?\s*", re.IGNORECASE)
_LABEL = re.compile(r"(?<!\S)(SUMMARY KEYWORDS|SPEAKERS)(?!\S)")
_STARRED_INLINE = re.compile(r"(?<=\S)\s+(?=\*{1,2}[^*\n]{1,80}\*{1,2}\s+\d{1,3}:\d{2})")
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_RECORDED = re.compile(
    rf"(?P<title>.*?)\s*(?P<recorded>(?:{_WEEKDAY},?\s+)?(?:\d{{1,4}}[/.-]\d{{1,2}}(?:[/.-]\d{{1,4}})?|{_MONTH}\.?\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}\.?\s+{_MONTH}\.?(?:\s+\d{{4}})?),?\s+\d{{1,2}}:\d{{2}}(?:\s*[AP]M)?)\s*[•·]\s*"
    r"(?P<duration>\d{1,3}:\d{2}(?::\d{2})?)(?P<printed>.*)",
    re.IGNORECASE,
)
_LONGEST_TITLE = 200
_LONGEST_DATED = 500


@dataclass(slots=True)
class _Header:
    """What stands before the first turn; loose lines fit no known place."""

    title: str = ""
    recorded: str = ""
    printed: str = ""
    duration_ms: int | None = None
    keywords: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


def looks_like_otter(text: str) -> bool:
    """True for a text with Otter's labels or footer, or whose turns open with a name and a time."""
    if _LABEL.search(text) or _FOOTER.search(text):
        return True
    return any(_is_head(line) for line in text.splitlines())


def read_otter(text: str, format: str = "otter") -> TranscriptDocument:
    """Read an export into a document.

    Knows header facts on one line or several, "*Name* 00:05 text" and "Name  0:05" above the text, hours, times
    without a name, and sentences cut by a page break. A turn's first sentence has the turn's time, the others none.
    Raises TranscriptError, with the line number, for a time that cannot be or a file without spoken text.
    """
    header, body = _header_and_body(_lines(text))
    builder = TurnBuilder()
    for number, line in body:
        if head := read_timed_head(line, number):
            builder.begin(head.voice, head.start_ms, number)
            builder.add(head.rest)
        else:
            builder.add(line)
    turns = builder.finish()
    if not turns:
        raise TranscriptError(
            "This file has a header but no spoken text. Export the transcript again, with its text, and upload it."
        )
    notices = list(builder.notices)
    last_stamp = max((turn.start_ms for turn in turns if turn.start_ms is not None), default=0)
    if header.duration_ms is not None and last_stamp > header.duration_ms:
        notices.append(Notice("A turn begins after the length that the header gives. Check the times."))
    return TranscriptDocument(
        format=format,
        turns=turns,
        title=header.title,
        recorded=header.recorded,
        printed=header.printed,
        duration_ms=header.duration_ms,
        keywords=tuple(header.keywords),
        speakers=tuple(header.speakers),
        notices=tuple(notices),
    )


def _lines(text: str) -> list[tuple[int, str]]:
    """Numbered lines, footer removed; what a one-line export runs together stands on lines of its own."""
    numbered: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = _FOOTER.sub("", line)
        line = _STARRED_INLINE.sub("\n", line)
        line = _LABEL.sub(lambda label: f"\n{label[1]}\n" if label.start() else f"{label[1]}\n", line)
        numbered.extend((number, piece) for piece in line.split("\n"))
    return numbered


def _header_and_body(
    lines: list[tuple[int, str]],
) -> tuple[_Header, list[tuple[int, str]]]:
    first_head = next((index for index, (_, line) in enumerate(lines) if _is_head(line)), None)
    has_labels = any(line in ("SUMMARY KEYWORDS", "SPEAKERS") for _, line in lines[:first_head])
    if first_head is None and not has_labels:
        return _Header(), lines
    if first_head is None:
        first_head = _after_labels(lines)
    header = _read_header([line.strip() for _, line in lines[:first_head]])
    loose = [(lines[0][0] if lines else 1, line) for line in header.loose]
    return header, loose + lines[first_head:]


def _after_labels(lines: list[tuple[int, str]]) -> int:
    """Where the text begins in an export without times: after the block that follows the last label."""
    index = max(i for i, (_, line) in enumerate(lines) if line in ("SUMMARY KEYWORDS", "SPEAKERS")) + 1
    while index < len(lines) and not lines[index][1].strip():
        index += 1
    while index < len(lines) and lines[index][1].strip():
        index += 1
    return index


def _read_header(lines: list[str]) -> _Header:
    header = _Header()
    target: list[str] | None = None
    seen_text = False
    titles: list[str] = []
    for line in lines:
        if line in ("SUMMARY KEYWORDS", "SPEAKERS"):
            target = header.keywords if line == "SUMMARY KEYWORDS" else header.speakers
            seen_text = False
        elif not line:
            # A blank line right after the label belongs to it; one after its text ends it.
            target = None if seen_text else target
        elif target is not None:
            target.extend(part.strip() for part in line.split(",") if part.strip())
            seen_text = True
        elif not header.recorded and len(line) <= _LONGEST_DATED and (match := _RECORDED.fullmatch(line)):
            titles.append(match["title"].strip())
            header.recorded, header.printed = (
                match["recorded"].strip(),
                match["printed"].strip(),
            )
            header.duration_ms = _duration(match["duration"])
        elif not header.recorded and len(line) <= _LONGEST_TITLE and not header.keywords and not header.speakers:
            titles.append(line)
        else:
            header.loose.append(line)
    header.title = " ".join(title for title in titles if title)
    return header


def _duration(text: str) -> int | None:
    try:
        return parse_time(text)
    except TimecodeError:
        return None


def _is_head(line: str) -> bool:
    try:
        head = read_timed_head(line, None)
    except TranscriptError:
        return True  # a head with a broken time; reading it will say so with its line
    return head is not None
