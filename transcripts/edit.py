"""Changes to a transcript's sentences by people, none of which overwrites another's unseen."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.db import transaction

from episodes.plaintext import storable
from episodes.timecode import format_clock, format_clock_exact
from transcripts.models import AlignmentRun, Segment, Transcript, VoiceLabel
from transcripts.models.segment import LONGEST_SEGMENT
from transcripts.models.voice import LONGEST_LABEL
from transcripts.revisions import keep_revision, lock
from transcripts.search.vocabulary import learn_words
from transcripts.timing import text_sha256
from transcripts.wordtimes import carry_words


class EditError(ValueError):
    """The change cannot be saved as it is; the message tells a producer what to do. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class SegmentEdit:
    """A sentence as an editor leaves it. `seen` is fingerprint() of the row the editor saw.

    A line break in the text splits the sentence there, an empty text deletes it. A changed start is pinned; None takes
    the time away. joins_previous appends it to the sentence before.
    """

    segment_id: int
    seen: str
    text: str
    voice: str
    start_ms: int | None
    starts_paragraph: bool = False
    joins_previous: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit that was not saved, because someone else changed the same meanwhile; `now` is theirs (None: it is gone).

    In `edit` stands what its editor changed, and of the rest what is stored now.
    """

    edit: SegmentEdit
    now: str | None


@dataclass(frozen=True, slots=True)
class EditOutcome:
    revision: int
    saved: int = 0
    conflicts: tuple[Conflict, ...] = field(default=())


def fingerprint(segment: Segment) -> str:
    """What an editor sees of a sentence, in short: its words, voice and paragraph, then behind a dot its time."""
    return ".".join(_prints_of(segment))


def _prints_of(segment: Segment) -> tuple[str, str]:
    return _prints(segment.text, _label(segment), segment.starts_paragraph, segment.start_ms)


def _prints(text: str, label: str, starts_paragraph: bool, start_ms: int | None) -> tuple[str, str]:
    words = hashlib.sha256(json.dumps([text, label, starts_paragraph]).encode()).hexdigest()[:16]
    return words, "" if start_ms is None else str(start_ms)


def _prints_of_edit(edit: SegmentEdit) -> tuple[str, str]:
    return _prints(storable(edit.text).strip(), edit.voice.strip(), edit.starts_paragraph, edit.start_ms)


def _label(segment: Segment) -> str:
    return segment.voice.label if segment.voice else ""


@transaction.atomic
def edit_segments(transcript_id: int, edits: Sequence[SegmentEdit], by: User | None, note: str = "") -> EditOutcome:
    """Save the edits that nobody else's change stands against, as one revision; the others come back as conflicts.

    A page brings all its sentences: what was left alone in it stays as others made it meanwhile, words and time each
    by themselves. Word times survive: unchanged words keep theirs. Raises EditError when a sentence cannot be stored.
    """
    transcript = lock(transcript_id)
    segments = list(transcript.segments.select_related("voice").order_by("position"))
    rows = {segment.pk: segment for segment in segments}
    wanted: dict[int, SegmentEdit] = {}
    conflicts: list[Conflict] = []
    for edit in edits:
        row = rows.get(edit.segment_id)
        if not edit.joins_previous and ".".join(_prints_of_edit(edit)) == edit.seen:
            continue
        if row is None:
            conflicts.append(Conflict(edit, None))
            continue
        merged, contested = _merged(edit, row)
        if contested:
            conflicts.append(Conflict(merged, contested))
        elif _changes(row, merged):
            wanted[edit.segment_id] = merged
    if not wanted:
        return EditOutcome(transcript.revision, 0, tuple(conflicts))
    _check(transcript, wanted.values())
    after = _apply(transcript, segments, wanted)
    if not after:
        raise EditError("A transcript needs at least one sentence. Delete the whole transcript instead.")
    _store(segments, after)
    count = len(wanted)
    _after_change(transcript, by, note or f"{count} {'sentence' if count == 1 else 'sentences'} edited")
    return EditOutcome(transcript.revision, count, tuple(conflicts))


def _merged(edit: SegmentEdit, row: Segment) -> tuple[SegmentEdit, str]:
    """The edit, with the row's own words or time where its editor left them alone; and what is stored now of that
    which both have changed, "" for nothing."""
    words_seen, _, start_seen = edit.seen.partition(".")
    (words, start), (words_now, start_now) = _prints_of_edit(edit), _prints_of(row)
    if words == words_seen:
        edit = replace(edit, text=row.text, voice=_label(row), starts_paragraph=row.starts_paragraph)
    if start == start_seen:
        edit = replace(edit, start_ms=row.start_ms)
    words_contested = words not in (words_seen, words_now) and words_now != words_seen
    if start not in (start_seen, start_now) and start_now != start_seen:
        return edit, f"{'no time' if row.start_ms is None else format_clock_exact(row.start_ms)} {row.text}"
    return edit, row.text if words_contested else ""


def _changes(row: Segment, edit: SegmentEdit) -> bool:
    return edit.joins_previous or (row.text, _label(row), row.start_ms, row.starts_paragraph) != (
        storable(edit.text).strip(),
        edit.voice.strip(),
        edit.start_ms,
        edit.starts_paragraph,
    )


def _check(transcript: Transcript, edits: Iterable[SegmentEdit]) -> None:
    audio_ms = transcript.episode.duration_ms
    for edit in edits:
        for line in edit.text.splitlines():
            if len(line) > LONGEST_SEGMENT:
                raise EditError(
                    f"A sentence holds at most {LONGEST_SEGMENT} characters; this one has {len(line)}. "
                    "Split it with a line break."
                )
        if len(edit.voice) > LONGEST_LABEL:
            raise EditError(f"The name of a voice holds at most {LONGEST_LABEL} characters. Shorten it.")
        if edit.start_ms is not None and audio_ms is not None and edit.start_ms > audio_ms:
            raise EditError(
                f"{format_clock(edit.start_ms)} lies past the end of the audio ({format_clock(audio_ms)}). "
                "Correct the time."
            )


def _apply(transcript: Transcript, segments: list[Segment], wanted: dict[int, SegmentEdit]) -> list[Segment]:
    """The sentences after the edits, in order; new ones have no primary key."""
    voices = {voice.label: voice for voice in transcript.voices.all()}
    after: list[Segment] = []
    for segment in segments:
        edit = wanted.get(segment.pk)
        if edit is None:
            after.append(segment)
            continue
        label = " ".join(storable(edit.voice).split())
        if label and label not in voices:
            voices[label] = VoiceLabel.objects.create(transcript=transcript, label=label)
        if edit.start_ms != segment.start_ms:
            _retime(segment, edit.start_ms)
        segment.voice = voices[label] if label else None
        segment.starts_paragraph = edit.starts_paragraph
        pieces = _split(segment, [" ".join(line.split()) for line in storable(edit.text).splitlines() if line.strip()])
        if edit.joins_previous and after and pieces:
            _join(after[-1], pieces.pop(0))
        after.extend(pieces)
    return after


def _retime(segment: Segment, start_ms: int | None) -> None:
    """A time set by hand: later runs keep it. Word times that cannot belong to it are dropped."""
    if start_ms is None:
        segment.start_ms = segment.end_ms = None
        segment.status, segment.confidence, segment.words = Segment.Status.UNTIMED, None, []
        return
    if segment.words and abs(segment.words[0][1] - start_ms) > 500:
        segment.words = []
    segment.start_ms = start_ms
    if segment.end_ms is not None and segment.end_ms <= start_ms:
        segment.end_ms = None
    segment.status, segment.confidence = Segment.Status.PINNED, None


def _split(segment: Segment, texts: list[str]) -> list[Segment]:
    """The sentence as these texts; each piece gets its words, and its time from them or by its share of the letters."""
    if not texts:
        return []
    if len(texts) == 1:
        if texts[0] != segment.text:
            segment.text, segment.words = texts[0], carry_words(segment.words, texts[0])
        return [segment]
    words = carry_words(segment.words, " ".join(texts))
    start_ms, end_ms, total = segment.start_ms, segment.end_ms, sum(len(text) for text in texts)
    pieces: list[Segment] = []
    seen = 0
    for text in texts:
        piece = segment if not pieces else _beside(segment, start_ms)
        spoken = sum("://" not in word for word in text.split())
        piece.text, piece.words, words = text, words[:spoken], words[spoken:]
        if start_ms is not None:
            span = (end_ms - start_ms) if end_ms is not None else 0
            begin, seen = start_ms + span * seen // total, seen + len(text)
            finish = start_ms + span * seen // total
            if piece.words:
                begin, finish = (begin if piece is segment else piece.words[0][1]), piece.words[-1][2]
            elif piece is not segment:
                piece.status = Segment.Status.ESTIMATED
            piece.start_ms = begin
            piece.end_ms = finish if finish > begin else None
        pieces.append(piece)
    return pieces


def _beside(segment: Segment, start_ms: int | None) -> Segment:
    """A new sentence of the same voice; a pin holds for the first piece only."""
    status = segment.status if segment.status != Segment.Status.PINNED else Segment.Status.ESTIMATED
    return Segment(
        transcript_id=segment.transcript_id,
        position=0,
        voice=segment.voice,
        start_ms=start_ms,
        status=status,
        confidence=segment.confidence if status == segment.status else None,
    )


def _join(before: Segment, segment: Segment) -> None:
    before.text = f"{before.text} {segment.text}"
    if len(before.text) > LONGEST_SEGMENT:
        raise EditError(f"The joined sentence would have more than {LONGEST_SEGMENT} characters. Leave them apart.")
    both_timed = bool(before.words) and bool(segment.words)
    before.words = [*before.words, *segment.words] if both_timed else []
    if before.start_ms is not None and segment.end_ms is not None:
        before.end_ms = max(segment.end_ms, before.start_ms + 1)
    if before.confidence is not None and segment.confidence is not None:
        before.confidence = min(before.confidence, segment.confidence)


def _store(before: list[Segment], after: list[Segment]) -> None:
    kept = {segment.pk for segment in after}
    gone = [segment.pk for segment in before if segment.pk not in kept]
    if gone:
        Segment.objects.filter(pk__in=gone).delete()
    for position, segment in enumerate(after):
        segment.position = position
    Segment.objects.bulk_create([segment for segment in after if segment.pk is None])
    stored = {segment.pk for segment in before}
    old = [segment for segment in after if segment.pk in stored]
    fields = ["position", "voice", "starts_paragraph", "text", "start_ms", "end_ms", "status", "confidence", "words"]
    Segment.objects.bulk_update(old, fields, batch_size=5000)


def _after_change(transcript: Transcript, by: User | None, note: str) -> None:
    if transcript.origin == Transcript.Origin.MACHINE and by is not None:
        transcript.origin = Transcript.Origin.CORRECTED
        transcript.save(update_fields=["origin"])
    keep_revision(transcript, note, by)
    # The times were carried over, so they still belong to these words.
    AlignmentRun.objects.filter(transcript=transcript, state=AlignmentRun.State.DONE).update(
        text_sha256=text_sha256(transcript)
    )
    learn_words(transcript)
