"""States of a transcript: taken, counted, kept, laid down."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from transcripts.models import Revision, Segment, Transcript, VoiceLabel

# [voice label, starts_paragraph, text, start_ms, end_ms, status, confidence, words]
SegmentState = list[Any]


def lock(transcript_id: int) -> Transcript:
    """The transcript, held until the transaction ends: two changes never mix."""
    return Transcript.objects.select_for_update().get(pk=transcript_id)


def state_of(transcript: Transcript) -> list[SegmentState]:
    """Every segment, in order, as a revision keeps it."""
    rows = transcript.segments.order_by("position").values_list(
        "voice__label", "starts_paragraph", "text", "start_ms", "end_ms", "status", "confidence", "words"
    )
    return [[label or "", *rest] for label, *rest in rows]


@transaction.atomic
def replace_segments(transcript: Transcript, states: Sequence[SegmentState]) -> None:
    """Put these segments in the place of all others; labels that are new become voices."""
    labels = dict.fromkeys(state[0] for state in states if state[0])
    known = {voice.label: voice for voice in transcript.voices.filter(label__in=labels)}
    for label in labels:
        if label not in known:
            known[label] = VoiceLabel.objects.create(transcript=transcript, label=label)
    transcript.segments.all().delete()
    Segment.objects.bulk_create(
        Segment(
            transcript=transcript,
            position=position,
            voice=known.get(label),
            starts_paragraph=starts_paragraph,
            text=text,
            start_ms=start_ms,
            end_ms=end_ms,
            status=status,
            confidence=confidence,
            words=words,
        )
        for position, (label, starts_paragraph, text, start_ms, end_ms, status, confidence, words) in enumerate(states)
    )


@transaction.atomic
def keep_revision(transcript: Transcript, note: str, by: User | None = None) -> Revision:
    """Count the present state as the next revision and keep it; the first one is number 1."""
    last = transcript.revisions.order_by("-number").values_list("number", flat=True).first()
    transcript.revision = 1 if last is None else last + 1
    transcript.save(update_fields=["revision", "changed_at"])
    return Revision.objects.create(
        transcript=transcript, number=transcript.revision, made_by=by, note=note[:255], segments=state_of(transcript)
    )
