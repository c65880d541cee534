"""What waits among the words, for the desk's front page."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from episodes import desk
from episodes.desk import Card
from transcripts.models import AlignmentRun, Correction, Segment, VoiceLabel
from transcripts.search.misses import missed_since


@desk.register_cards
def cards(user: Any) -> Iterable[Card]:
    """Corrections, voices and doubtful times that wait; work that goes on; what listeners sought in vain."""
    if not user.has_perm("transcripts.change_transcript"):
        return
    kept = {"transcript__episode__deleted_at": None}
    transcripts = reverse("admin:transcripts_transcript_changelist")
    if waiting := Correction.objects.waiting().filter(**kept).count():
        queue = reverse("admin:transcripts_correction_changelist")
        yield Card("Listeners' corrections", "Suggestions wait for your decision.", queue, waiting)
    if strangers := VoiceLabel.objects.filter(speaker__isnull=True, **kept).exclude(match="person").count():
        yield Card("Voices without a person", "Say who speaks, once for each voice.", transcripts, strangers)
    if doubtful := Segment.objects.filter(status=Segment.Status.CHECK, **kept).count():
        yield Card("Times to be checked", "The audio was not clear about these sentences.", transcripts, doubtful)
    if working := AlignmentRun.objects.filter(state__in=["waiting", "running"], **kept).count():
        yield Card("Times being made", "Sentences are being found in the audio.", transcripts, working)
    if failed := AlignmentRun.objects.filter(state="failed", **kept).count():
        yield Card("Times that could not be made", "The transcript's page says why.", transcripts, failed, urgent=True)
    if missed := missed_since(timezone.now().date() - timedelta(days=30), most=5):
        sought = ", ".join(f"“{query}” ({times})" for query, times in missed)
        yield Card("Searched in vain this month", sought)
