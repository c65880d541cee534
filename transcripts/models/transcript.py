"""A transcript: what is said in one episode, in one language."""

from django.db import models
from django.db.models import Q

from episodes.models import Episode
from episodes.models.fields import StorableCharField, private_storage
from episodes.models.validators import language_code


class TranscriptQuerySet(models.QuerySet):
    def shown(self):
        """Transcripts a producer has not set aside."""
        return self.filter(state=Transcript.State.SHOWN)

    def public(self):
        """Transcripts a listener may read now: shown, of a published episode."""
        return self.shown().filter(episode__in=Episode.objects.published())


class Transcript(models.Model):
    class State(models.TextChoices):
        SHOWN = "shown", "Shown with the episode"
        HIDDEN = "hidden", "Not shown yet"

    class Origin(models.TextChoices):
        MACHINE = "machine", "Made by a machine"
        CORRECTED = "corrected", "Made by a machine, corrected by a person"
        HUMAN = "human", "Written by a person"

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="transcripts")
    language = models.CharField(max_length=20, validators=[language_code])
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    origin = models.CharField("how it was made", max_length=10, choices=Origin, default=Origin.CORRECTED)
    checked_on = models.DateField(null=True, blank=True, help_text="The day a person last read it against the audio.")
    credit = StorableCharField(max_length=255, blank=True, help_text="Who made or checked it, as shown above the text.")

    source = models.FileField(
        upload_to="transcripts/", storage=private_storage, max_length=200, blank=True, editable=False
    )
    source_name = StorableCharField(max_length=255, blank=True, editable=False)
    source_format = models.CharField(max_length=20, blank=True, editable=False)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    source_title = StorableCharField(max_length=255, blank=True, editable=False)
    source_recorded = StorableCharField(max_length=100, blank=True, editable=False)
    source_duration_ms = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    keywords = models.JSONField(default=list, blank=True, editable=False)
    notices = models.JSONField(default=list, blank=True, editable=False, help_text="What reading the file found.")

    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        ordering = ["episode", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "language"],
                name="transcript_once_in_language",
                violation_error_message="This episode already has a transcript in this language.",
            ),
            models.CheckConstraint(
                name="transcript_language_not_empty",
                condition=~Q(language=""),
                violation_error_message='A transcript needs its language, such as "en".',
            ),
            models.CheckConstraint(
                name="transcript_revision_from_one",
                condition=Q(revision__gte=1),
                violation_error_message="Revisions are counted from 1.",
            ),
        ]

    def __str__(self):
        return f"{self.episode} ({self.language})"
