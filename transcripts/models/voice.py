"""Labels that stand for voices in a transcript, and the people they mean."""

from django.db import models
from django.db.models import Q

from episodes.models import Show, Speaker
from episodes.models.fields import StorableCharField
from transcripts.models.transcript import Transcript

LONGEST_LABEL = 200


class VoiceLabel(models.Model):
    """A label as one transcript writes it, and the person it means there."""

    class Match(models.TextChoices):
        NONE = "none", "Not matched yet"
        APPEARANCE = "appearance", "Matched with the episode's people"
        REMEMBERED = "remembered", "Remembered from the show"
        PERSON = "person", "Chosen by a person"

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="voices")
    label = StorableCharField(max_length=LONGEST_LABEL)
    speaker = models.ForeignKey(Speaker, models.SET_NULL, null=True, blank=True, related_name="voices")
    match = models.CharField(max_length=10, choices=Match, default=Match.NONE, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "label"],
                name="voice_label_once_in_transcript",
                violation_error_message="This transcript already has this label.",
            ),
            models.CheckConstraint(
                name="voice_label_not_empty",
                condition=~Q(label=""),
                violation_error_message="A voice needs a label.",
            ),
        ]

    def __str__(self):
        return self.label


class RememberedVoice(models.Model):
    """Whom a label meant when a person last chose; asked when the next transcript of the show comes in.

    `label` is folded (see voices.folded), so that "PB" and "pb:" are one.
    """

    show = models.ForeignKey(Show, models.CASCADE, related_name="remembered_voices")
    label = StorableCharField(max_length=LONGEST_LABEL)
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="remembered_voices")

    class Meta:
        ordering = ["show", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "label"],
                name="remembered_voice_once_in_show",
                violation_error_message="This show already remembers this label.",
            ),
        ]

    def __str__(self):
        return f"{self.label} → {self.speaker}"
