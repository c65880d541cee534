"""What is being done with an episode's audio in the background, and how far it is."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from episodes.models.episode import Episode
from episodes.models.fields import StorableCharField, StorableTextField, private_storage

STUCK_AFTER = timedelta(minutes=5)


class AudioWork(models.Model):
    """One row for each episode whose audio was ever worked on; the next order replaces the last."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its turn"
        RUNNING = "running", "In the works"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    episode = models.OneToOneField(Episode, models.CASCADE, primary_key=True, related_name="audio_work")
    source = models.FileField(
        upload_to="originals/",
        storage=private_storage,
        max_length=200,
        blank=True,
        help_text="The upload to make the next audio from. Empty: the present audio gets new tags.",
    )
    order = models.PositiveIntegerField(default=1, help_text="Counts orders: a result of an older one is not used.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    step = StorableCharField(max_length=80, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    problem = StorableTextField(blank=True, help_text="Why it failed, in words for producers.")
    requested_at = models.DateTimeField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audio_work_percent_to_hundred",
                condition=models.Q(percent__lte=100),
                violation_error_message="Progress is counted from 0 to 100.",
            ),
        ]

    def __str__(self):
        return f"{self.episode}: {self.get_state_display()}"

    @property
    def is_going_on(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def seems_stuck(self) -> bool:
        """Running without a word for minutes: its worker was probably killed."""
        return self.state == self.State.RUNNING and self.changed_at < timezone.now() - STUCK_AFTER
