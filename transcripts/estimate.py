"""Times for sentences that have none, from the times around them."""

from collections.abc import Sequence
from dataclasses import replace

from transcripts.document import Sentence, Timing, TranscriptDocument, Turn

# Speech takes about this long a letter; used where nothing says when the last sentence ends.
SPEAKING_MS_PER_CHARACTER = 65


def with_estimates(document: TranscriptDocument, audio_ms: int | None) -> TranscriptDocument:
    """The document with a time for every sentence that stands between known times, by its share of the letters.

    Known times are kept; new ones are Timing.ESTIMATED. Without any known time nothing is estimated, unless the
    length of the audio is known: then the whole text is spread over it.
    """
    sentences = document.sentences
    if not sentences or (not document.has_times and audio_ms is None):
        return document
    timed = iter(_spread(sentences, _end_of(document, audio_ms)))
    turns = []
    for turn in document.turns:
        own = tuple(next(timed) for _ in turn.sentences)
        turns.append(Turn(turn.voice, own, own[0].start_ms))
    return replace(document, turns=tuple(turns))


def _end_of(document: TranscriptDocument, audio_ms: int | None) -> int:
    """When the last word is over, as far as anything tells."""
    sentences = document.sentences
    known = [s.start_ms for s in sentences if s.start_ms is not None]
    last = max(known, default=0)
    tail = next(i for i in range(len(sentences) - 1, -1, -1) if sentences[i].start_ms is not None or i == 0)
    speaking = sum(len(s.text) for s in sentences[tail:]) * SPEAKING_MS_PER_CHARACTER
    limit = audio_ms if audio_ms is not None else document.duration_ms
    if limit is not None and limit > last:
        # A last turn may be followed by minutes of music: the slowest speaker needs no more than double.
        return min(limit, last + 2 * speaking) if known else limit
    return last + speaking


def _spread(sentences: Sequence[Sentence], end_ms: int) -> list[Sentence]:
    found = list(sentences)
    anchors = [i for i, s in enumerate(found) if s.start_ms is not None]
    if not anchors or anchors[0] != 0:
        anchors.insert(0, 0)
    for number, first in enumerate(anchors):
        after = anchors[number + 1] if number + 1 < len(anchors) else len(found)
        start_ms = found[first].start_ms or 0
        stop_ms = (found[after].start_ms or 0) if after < len(found) else end_ms
        _fill(found, first, after, start_ms, max(stop_ms, start_ms + (after - first)))
    return found


def _fill(found: list[Sentence], first: int, after: int, start_ms: int, stop_ms: int) -> None:
    total = sum(len(s.text) for s in found[first:after])
    seen = 0
    for index in range(first, after):
        sentence = found[index]
        begin = start_ms + (stop_ms - start_ms) * seen // total
        seen += len(sentence.text)
        end = max(start_ms + (stop_ms - start_ms) * seen // total, begin + 1)
        if sentence.start_ms is None:
            found[index] = replace(sentence, start_ms=begin, end_ms=end, timing=Timing.ESTIMATED)
        elif sentence.end_ms is None:
            found[index] = replace(sentence, end_ms=max(end, sentence.start_ms + 1))
