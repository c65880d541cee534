"""How far the matching of a transcript's words with the audio has come."""

from django.db import models
from django.db.models import Q

from transcripts.models.transcript import Transcript


class AlignmentRun(models.Model):
    """One row a transcript, rewritten by each run; kept apart so that progress does not change the feed's stamp."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    class Method(models.TextChoices):
        HEARD = "heard", "Matched with the audio"
        ESTIMATED = "estimated", "Estimated between the times of the file"
        NONE = "none", "No times"

    transcript = models.OneToOneField(Transcript, models.CASCADE, primary_key=True, related_name="alignment")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    method = models.CharField(max_length=10, choices=Method, default=Method.NONE)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True, help_text="What a producer should know: why it failed, or how it went.")
    # What the times were made from: when either differs from the present, the times may no longer fit.
    audio_sha256 = models.CharField(max_length=64, blank=True)
    audio_fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the sound alone, without tags.")
    text_sha256 = models.CharField(max_length=64, blank=True)
    speech_without_text = models.JSONField(default=list, help_text="[start_ms, end_ms] of speech the text leaves out.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="alignment_progress_is_percent", condition=Q(progress_percent__lte=100)),
        ]

    def __str__(self):
        return f"{self.transcript}: {self.state}"
