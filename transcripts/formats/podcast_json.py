"""Podcasting 2.0 JSON transcripts: segments that are words or sentences."""

import json
import math
from typing import Any

from episodes.plaintext import storable
from transcripts.cuetext import timing_notices, turns_from_cues, turns_from_words
from transcripts.document import Cue, Notice, TranscriptDocument, TranscriptError, Word

_LATEST_MS = 100 * 3600 * 1000


def read_podcast_json(text: str) -> TranscriptDocument:
    """Read {"version", "segments": [{speaker, startTime, endTime, body}]} into turns of sentences.

    Whisper's own JSON (segments of start, end, text, maybe words with probability) is read as well.
    Raises TranscriptError, with the line where JSON breaks or the number of the segment that is wrong.
    """
    segments, language = _segments(text)
    notices: list[Notice] = []
    words = _words(segments)
    cues = [cue for number, segment in enumerate(segments, start=1) if (cue := _cue(segment, number))]
    if not cues:
        raise TranscriptError("This JSON file has no spoken text. Export the transcript again and upload the new file.")
    notices.extend(timing_notices(cues))
    return TranscriptDocument(
        format="podcast_json",
        turns=turns_from_words(words) if words else turns_from_cues(cues),
        duration_ms=max(cue.end_ms for cue in cues),
        speakers=tuple(dict.fromkeys(cue.voice for cue in cues if cue.voice)),
        language=language,
        notices=tuple(notices),
    )


def write_podcast_json(document: TranscriptDocument) -> str:
    """One segment a sentence, in order of time; sentences without a time have none.

    Source: podcast-namespace, transcripts/transcripts.md.
    """
    segments: list[dict[str, object]] = []
    timed = [(turn.voice, s) for turn in document.turns for s in turn.sentences if s.start_ms is not None]
    timed.sort(key=lambda pair: pair[1].start_ms or 0)
    for voice, sentence in timed:
        segment: dict[str, object] = {"speaker": voice} if voice else {}
        segment["startTime"] = (sentence.start_ms or 0) / 1000
        if sentence.end_ms is not None:
            segment["endTime"] = sentence.end_ms / 1000
        segment["body"] = sentence.text
        segments.append(segment)
    return (
        json.dumps(
            {"version": "1.0.0", "segments": segments},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
    )


def _segments(text: str) -> tuple[list[dict[str, Any]], str]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise TranscriptError(
            f"The JSON breaks off here ({error.msg}). Export the transcript again and upload the new file.",
            error.lineno,
        ) from error
    except RecursionError as error:
        raise TranscriptError("This JSON is nested too deeply to be a transcript.") from error
    except ValueError as error:
        raise TranscriptError("This JSON holds a number too long to be a time. Export the transcript again.") from error
    language = str(data.get("language", "")) if isinstance(data, dict) else ""
    found = data.get("segments") if isinstance(data, dict) else data
    if not isinstance(found, list) or not all(isinstance(segment, dict) for segment in found):
        raise TranscriptError(
            'This JSON has no list of "segments". Export the transcript as Podcasting 2.0 JSON and upload that file.'
        )
    return found, language


def _cue(segment: dict[str, Any], number: int) -> Cue | None:
    body = segment.get("body", segment.get("text", ""))
    if not isinstance(body, str):
        raise TranscriptError(f'Segment {number}: "body" is not text. Correct it and upload again.')
    # An escape can name a character that the file itself could not hold.
    spoken = " ".join(storable(body).split())
    if not spoken:
        return None
    start_ms = _ms(segment.get("startTime", segment.get("start")), number, "startTime")
    ending = segment.get("endTime", segment.get("end"))
    end_ms = start_ms + 65 * len(spoken) if ending is None else _ms(ending, number, "endTime")
    if end_ms < start_ms:
        raise TranscriptError(f"Segment {number} ends before it starts. Correct its times and upload again.")
    return Cue(start_ms, max(end_ms, start_ms + 1), spoken, _voice(segment))


def _voice(segment: dict[str, Any]) -> str:
    return " ".join(storable(str(segment.get("speaker") or "")).split())


def _words(segments: list[dict[str, Any]]) -> list[tuple[str, Word]]:
    """Every word with its voice, when the file has words; else nothing."""
    if segments and all(segment.get("words") for segment in segments):
        found: list[tuple[str, Word]] = []
        for number, segment in enumerate(segments, start=1):
            voice = _voice(segment)
            for word in segment["words"]:
                if not isinstance(word, dict):
                    raise TranscriptError(f'Segment {number}: "words" is not a list of words. Export it again.')
                spoken = _cue({**word, "text": word.get("word", word.get("text", ""))}, number)
                if spoken:
                    found.append((voice, _word(spoken, word.get("probability"))))
        return found
    bodies = [segment["body"].split() for segment in segments if isinstance(segment.get("body"), str)]
    # A sentence now and then may be one word; a file of words is nearly nothing else.
    if not bodies or sum(len(body) for body in bodies) > 1.2 * len(bodies):
        return []
    cues = [cue for number, segment in enumerate(segments, start=1) if (cue := _cue(segment, number))]
    return [(cue.voice, _word(cue, None)) for cue in cues] if len(cues) > 3 else []


def _word(cue: Cue, probability: object) -> Word:
    confidence = None
    if isinstance(probability, int | float) and not isinstance(probability, bool) and 0 <= probability <= 1:
        confidence = round(float(probability), 3)
    return Word(cue.text, cue.start_ms, cue.end_ms, confidence)


def _ms(value: object, number: int, name: str) -> int:
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds * 1000 <= _LATEST_MS:
        raise TranscriptError(
            f'Segment {number}: "{name}" is not a time in seconds between 0 and 100 hours. Correct it and upload again.'
        )
    return round(seconds * 1000)
