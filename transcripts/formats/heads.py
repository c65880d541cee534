"""Lines that open a speaker turn in a written transcript."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from episodes.timecode import TimecodeError, parse_time
from transcripts.document import TranscriptError

# White space is bounded everywhere before the time: a megabyte of blanks must not be tried blank by blank.
_TIME = r"\d{1,3}:\d{1,2}(?::\d{1,2})?"
# *Paul Batalden* 00:05 Hi … / **Paul Batalden** 1:00:05
_STARRED = re.compile(
    rf"\*{{1,2}}(?P<voice>[^*\n]{{1,80}})\*{{1,2}}:?\s{{0,40}}[(\[]?(?P<time>{_TIME})[)\]]?(?:\s+(?P<rest>.*))?"
)
# Paul Batalden  0:05, alone on its line; two blanks or a tab before the time
_SPACED = re.compile(rf"(?P<voice>[^\s\d][^\n]{{0,79}}?|Speaker \d+)(?:\s{{2,40}}|\t)[(\[]?(?P<time>{_TIME})[)\]]?")
# Paul Batalden 0:05, where white space was squeezed: every word must look like a part of a name
_SQUEEZED = re.compile(rf"(?P<voice>\S[^\n]{{0,79}}?) [(\[]?(?P<time>{_TIME})[)\]]?")
# [00:05] Paul: Hi … / 00:05 - Paul: Hi … / (0:05) Hi …
_TIME_FIRST = re.compile(rf"(?:[(\[](?P<time>{_TIME})[)\]]|(?P<bare>{_TIME}))(?:\s*[-–]\s+|\s+|$)(?P<rest>.*)")
# Paul (00:05): Hi …
_TIME_INSIDE = re.compile(rf"(?P<voice>[^\n:]{{1,60}}?)\s{{0,40}}[(\[](?P<time>{_TIME})[)\]]\s{{0,40}}:\s*(?P<rest>.*)")
_NAMED = re.compile(
    r"(?:>>\s*)?(?P<bold>\*\*)?(?P<voice>[^\n:*]{1,60}?)(?(bold)(?::\*\*|\*\*:)|:)(?:\s+(?P<rest>.*)|$)"
)
_PARTICLES_TEXT = "de del der den di da dos du la le van von of and y und et the bin ibn al"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’\-]*,?|\(?[A-Z][\w.]*\)?|\d{1,2}|&")


@dataclass(frozen=True, slots=True)
class Head:
    """A turn's beginning: voice None means "the same voice goes on"; rest is the text on the same line."""

    voice: str | None
    start_ms: int | None
    rest: str = ""


def read_timed_head(line: str, line_number: int | None) -> Head | None:
    """A head that carries a time, or None. Raises TranscriptError for a time that cannot be."""
    text = line.strip()
    for pattern in (_STARRED, _TIME_INSIDE):
        if (match := pattern.fullmatch(text)) and match["voice"].strip():
            return Head(
                _clean(match["voice"]),
                _time(match["time"], line_number),
                match["rest"] or "",
            )
    if (match := _SPACED.fullmatch(text)) and not match["voice"].endswith((".", ",", "?", "!", ";")):
        return Head(_clean(match["voice"]), _time(match["time"], line_number))
    if (match := _SQUEEZED.fullmatch(text)) and looks_like_name(match["voice"]):
        return Head(_clean(match["voice"]), _time(match["time"], line_number))
    if match := _TIME_FIRST.fullmatch(text):
        rest = match["rest"].strip()
        named = _NAMED.fullmatch(rest)
        if named and looks_like_name(named["voice"]):
            return Head(
                _clean(named["voice"]),
                _time(match["time"] or match["bare"], line_number),
                named["rest"] or "",
            )
        if match["time"] or not rest:
            return Head(None, _time(match["time"] or match["bare"], line_number), rest)
    return None


def read_named_head(line: str, known: frozenset[str]) -> Head | None:
    """A head like "Paul: Hi", when its name is among the known ones."""
    match = _NAMED.fullmatch(line.strip())
    if match and _clean(match["voice"]) in known:
        return Head(_clean(match["voice"]), None, match["rest"] or "")
    return None


def named_voices(paragraphs: Sequence[str]) -> frozenset[str]:
    """The names that open turns as "Name:" in these paragraphs.

    "One thing: trust" is speech. So a name must look like one; a single word counts only when it opens two turns, or
    when half of all paragraphs open with a name, one of the first three among them; and nothing counts unless the
    first paragraph has one, or three others.
    """
    matches = [_NAMED.fullmatch(paragraph.strip()) for paragraph in paragraphs]
    found = [
        _clean(match["voice"]) if match and (match["bold"] or looks_like_name(match["voice"])) else ""
        for match in matches
    ]
    counts = Counter(name for name in found if name)
    if counts.total() * 2 >= len(found) and any(found[:3]):
        return frozenset(counts)
    names = {name for name, count in counts.items() if count > 1 or len(name.split()) > 1 or name.isupper()}
    opens = bool(found and found[0] and names)
    if not opens and sum(counts[name] for name in names) < 3:
        return frozenset()
    return frozenset(names | ({found[0]} if opens else set()))


def looks_like_name(text: str) -> bool:
    """One to five words with capitals, particles ("van", "and") and numbers ("Speaker 1") allowed between."""
    words = _clean(text).split()
    if not 1 <= len(words) <= 5 or len(text) > 60:
        return False
    if not any(word[0].isalpha() and not word[0].islower() for word in words):
        return False
    return (
        all(
            word.lower() in _PARTICLES or (_NAME_WORD.fullmatch(word) is not None and not word[0].islower())
            for word in words
        )
        and not words[0].isdigit()
    )


def _clean(voice: str) -> str:
    return " ".join(voice.replace("*", "").split()).rstrip(":").strip()


def _time(text: str, line_number: int | None) -> int:
    try:
        return parse_time(text)
    except TimecodeError as error:
        raise TranscriptError(
            f'"{text}" is not a time. Correct it to minutes:seconds, such as 1:15, and upload again.',
            line_number,
        ) from error
