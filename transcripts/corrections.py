"""Listeners' suggestions for single sentences, and what becomes of them."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from episodes.plaintext import storable
from transcripts.edit import EditError, SegmentEdit, edit_segments, fingerprint
from transcripts.models import Correction, Segment, Transcript
from transcripts.models.correction import LONGEST_SUGGESTION

MOST_AN_HOUR = 10
MOST_WAITING = 200
_CHANGED = "The sentence has been changed since. Look at it in the editor, then reject the suggestion."


class CorrectionError(ValueError):
    """The suggestion cannot be taken, or not be accepted any more; the message is for who reads it."""


def suggest(transcript_id: int, position: int, original: str, suggestion: str, *, sender: str = "") -> Correction:
    """Put a listener's suggestion into the producers' queue.

    `original` is the sentence as the listener saw it. `sender` is the listener's address: it is counted, hashed, in the
    cache for an hour, and never stored. Raises CorrectionError with a sentence for the listener.
    """
    text = " ".join(storable(suggestion).split())
    if not text:
        raise CorrectionError("Write how the sentence should read.")
    if len(text) > LONGEST_SUGGESTION:
        raise CorrectionError(f"A suggestion holds at most {LONGEST_SUGGESTION} characters. Please shorten it.")
    segment = (
        Segment.objects.filter(transcript__in=Transcript.objects.public(), transcript_id=transcript_id)
        .filter(position=position)
        .first()
    )
    if segment is None:
        raise CorrectionError("This sentence is not there any more. Please load the page again.")
    if segment.text != " ".join(storable(original).split()):
        raise CorrectionError("This sentence has just been changed. Please load the page again and look at it.")
    if text == segment.text:
        raise CorrectionError("The suggestion is the same as the sentence. Change what is wrong in it.")
    same = Correction.objects.waiting().filter(transcript_id=transcript_id, position=position, suggestion=text).first()
    if same is not None:
        return same
    if Correction.objects.waiting().filter(transcript_id=transcript_id).count() >= MOST_WAITING:
        raise CorrectionError("Very many suggestions are waiting for this episode. Please try again in some days.")
    if sender and _sent_within_the_hour(sender) > MOST_AN_HOUR:
        raise CorrectionError("You have sent many suggestions: thank you. Please go on in an hour.")
    return Correction.objects.create(
        transcript_id=transcript_id,
        position=position,
        start_ms=segment.start_ms,
        original=segment.text,
        suggestion=text,
    )


@transaction.atomic
def accept(correction: Correction, by: User, text: str = "") -> None:
    """Make the suggestion (or `text`, the producer's own wording of it) a revision of the transcript.

    Raises CorrectionError when the sentence is not as the listener saw it any more, or when it cannot be stored so.
    """
    held = _hold(correction)
    segment = _sentence(held)
    if segment is None:
        raise CorrectionError(_CHANGED)
    edit = SegmentEdit(
        segment_id=segment.pk,
        seen=fingerprint(segment),
        # One sentence stays one sentence: an empty text would delete it, a line break would split it.
        text=" ".join(storable(text).split()) or held.suggestion,
        voice=segment.voice.label if segment.voice else "",
        start_ms=segment.start_ms,
        starts_paragraph=segment.starts_paragraph,
    )
    try:
        outcome = edit_segments(held.transcript_id, [edit], by, note="A listener's correction")
    except EditError as error:
        raise CorrectionError(str(error)) from error
    if outcome.conflicts:  # an editor has saved since the sentence was read here
        raise CorrectionError(_CHANGED)
    _decide(held, Correction.State.ACCEPTED, by)


@transaction.atomic
def reject(correction: Correction, by: User) -> None:
    """Put the suggestion aside; the text stays as it is."""
    _decide(_hold(correction), Correction.State.REJECTED, by)


def _hold(correction: Correction) -> Correction:
    held = Correction.objects.select_for_update().get(pk=correction.pk)
    if held.state != Correction.State.WAITING:
        raise CorrectionError("Someone has decided on this suggestion already.")
    return held


def _sentence(correction: Correction) -> Segment | None:
    """The sentence meant: at its place, or wherever it moved, if it is the only one of its words."""
    same = list(
        Segment.objects.filter(transcript_id=correction.transcript_id, text=correction.original).select_related("voice")
    )
    here = [segment for segment in same if segment.position == correction.position]
    return here[0] if here else same[0] if len(same) == 1 else None


def _decide(correction: Correction, state: str, by: User) -> None:
    correction.state, correction.decided_at, correction.decided_by = state, timezone.now(), by
    correction.save(update_fields=["state", "decided_at", "decided_by"])


def _sent_within_the_hour(sender: str) -> int:
    key = "correction:" + salted_hmac("transcripts.corrections", sender, secret=settings.SECRET_KEY).hexdigest()[:32]
    cache.add(key, 0, 3600)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return 1
