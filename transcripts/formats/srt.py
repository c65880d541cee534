"""SubRip (SRT): numbered captions without voices."""

import re

from transcripts.captions import CaptionShape, caption_cues
from transcripts.cuetext import timing_notices, turns_from_cues
from transcripts.document import Cue, TranscriptDocument, TranscriptError
from transcripts.formats.webvtt import cue_times, voices_from_prefixes

SHAPE = CaptionShape(line_characters=32, lines=2, with_names=True)

_TIMING = re.compile(r"\s*([\d:.,]+)\s*-{1,2}>\s*([\d:.,]+)(?:\s+.*)?\s*")
_TAG = re.compile(r"</?(?:b|i|u|s|font|c|v)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)


def parse_srt(text: str) -> list[Cue]:
    """Read SRT into cues, in file order; voices stay in the text.

    Numbers may be missing or wrong, blank lines between cues too; the fraction may follow a comma or a point.
    Raises TranscriptError, with the line number, for a time that cannot be or a cue that ends before it starts.
    """
    cues: list[Cue] = []
    times: tuple[int, int, int] | None = None
    lines: list[str] = []

    def close(next_follows: bool) -> None:
        if times is None:
            return
        if next_follows and lines and lines[-1].strip().isdigit():
            lines.pop()  # the next cue's number
        spoken = " ".join(_TAG.sub("", " ".join(lines)).split())
        if spoken:
            cues.append(Cue(times[0], times[1], spoken, "", times[2]))

    for number, line in enumerate(text.splitlines(), start=1):
        if "->" in line and (match := _TIMING.fullmatch(line)):
            close(next_follows=True)
            start_ms, end_ms = cue_times(match[1], match[2], number)
            times, lines = (start_ms, end_ms, number), []
        elif "-->" in line:
            raise TranscriptError(
                "A cue's times are not readable. Write them as 00:00:01,000 --> 00:00:04,000 and upload again.",
                number,
            )
        else:
            lines.append(line)
    close(next_follows=False)
    return cues


def read_srt(text: str) -> TranscriptDocument:
    """Read SRT into turns of sentences; names before a colon become voices."""
    cues = voices_from_prefixes(parse_srt(text))
    if not cues:
        raise TranscriptError("This SRT file has no captions. Export the captions again and upload the new file.")
    return TranscriptDocument(
        format="srt",
        turns=turns_from_cues(cues),
        duration_ms=max(cue.end_ms for cue in cues),
        speakers=tuple(dict.fromkeys(cue.voice for cue in cues if cue.voice)),
        notices=tuple(timing_notices(cues)),
    )


def write_srt(document: TranscriptDocument) -> str:
    """Captions of two lines of at most 32 characters; "Name: " opens each change of voice."""
    blocks = [
        f"{number}\n{_stamp(cue.start_ms)} --> {_stamp(cue.end_ms)}\n{cue.text}"
        for number, cue in enumerate(caption_cues(document, SHAPE), start=1)
    ]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
