"""Former states of a transcript, kept to be compared and restored."""

from django.conf import settings
from django.db import models

from episodes.models.fields import StorableCharField
from transcripts.models.transcript import Transcript


class Revision(models.Model):
    """A whole transcript as it was at one revision.

    `segments` holds, in order, [voice label, starts_paragraph, text, start_ms, end_ms, status, confidence, words].
    """

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = StorableCharField(max_length=255, blank=True)
    segments = models.JSONField()

    class Meta:
        ordering = ["transcript", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "number"], name="revision_number_once"),
        ]

    def __str__(self):
        return f"Revision {self.number}"
