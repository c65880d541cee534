"""A segment: one sentence of a transcript, with its voice and its time."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from episodes.models.fields import StorableTextField
from transcripts.models.transcript import Transcript
from transcripts.models.voice import VoiceLabel

# A sentence is at most 600 characters when it comes in; an editor may join a few. Far below what a tsvector holds.
LONGEST_SEGMENT = 5000


class Segment(models.Model):
    class Status(models.TextChoices):
        OK = "ok", "Heard where it stands"
        CHECK = "check", "Please check the time"
        NOT_HEARD = "not_heard", "Not heard in the audio"
        ESTIMATED = "estimated", "Time estimated"
        UNTIMED = "untimed", "No time known"
        PINNED = "pinned", "Time set by a person"

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField(help_text="From 0, without gaps; the page's anchor is s<position>.")
    voice = models.ForeignKey(VoiceLabel, models.SET_NULL, null=True, blank=True, related_name="segments")
    starts_paragraph = models.BooleanField(default=False)
    text = StorableTextField()
    start_ms = models.PositiveBigIntegerField(null=True, blank=True)
    end_ms = models.PositiveBigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.UNTIMED)
    confidence = models.FloatField(null=True, blank=True, help_text="Share of the sentence heard here, 0 to 1.")
    words = models.JSONField(
        default=list, blank=True, help_text="[text, start_ms, end_ms, confidence or null] for each word, or empty."
    )
    # The transcript's, kept by a trigger, so that the search vector can be a function of this row alone.
    language = models.CharField(max_length=20, default="", editable=False)
    search = models.GeneratedField(
        expression=models.Func(F("language"), F("text"), function="transcripts_vector"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["transcript", "position"]
        indexes = [GinIndex(fields=["search"], name="segment_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "position"],
                name="segment_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="segment_text_not_empty",
                condition=~Q(text=""),
                violation_error_message="A sentence needs text. Delete it instead.",
            ),
            models.CheckConstraint(
                name="segment_text_not_too_long",
                condition=LessThanOrEqual(Length("text"), LONGEST_SEGMENT),
                violation_error_message=f"A sentence holds at most {LONGEST_SEGMENT} characters. Split it.",
            ),
            models.CheckConstraint(
                name="segment_ends_after_it_starts",
                condition=Q(end_ms__isnull=True) | Q(start_ms__isnull=False, end_ms__gt=F("start_ms")),
                violation_error_message="A sentence ends after it starts.",
            ),
            models.CheckConstraint(
                name="segment_time_fits_its_status",
                condition=Q(status__in=("not_heard", "untimed"), start_ms__isnull=True)
                | (~Q(status__in=("not_heard", "untimed")) & Q(start_ms__isnull=False)),
                violation_error_message="A sentence without a time cannot be called timed, and the other way round.",
            ),
            models.CheckConstraint(
                name="segment_confidence_is_a_share",
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                violation_error_message="Confidence is a number from 0 to 1.",
            ),
        ]

    def __str__(self):
        return self.text[:60]
