"""What a listener suggests to correct, waiting for a producer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from episodes.models.fields import StorableTextField
from transcripts.models.transcript import Transcript

LONGEST_SUGGESTION = 2000


class CorrectionQuerySet(models.QuerySet):
    def waiting(self):
        """Suggestions nobody has decided on."""
        return self.filter(state=Correction.State.WAITING)


class Correction(models.Model):
    """A suggestion for one sentence; nothing about the listener is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="corrections")
    position = models.PositiveIntegerField(help_text="The sentence's position when the suggestion was made.")
    start_ms = models.PositiveBigIntegerField(null=True, blank=True)
    original = StorableTextField(help_text="The sentence as the listener saw it.")
    suggestion = StorableTextField(max_length=LONGEST_SUGGESTION)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="correction_says_something",
                condition=~Q(suggestion=""),
                violation_error_message="A correction needs text.",
            ),
            models.CheckConstraint(
                name="correction_decided_has_date",
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                violation_error_message="A decided correction has the date of the decision.",
            ),
        ]

    def __str__(self):
        return self.suggestion[:60]
