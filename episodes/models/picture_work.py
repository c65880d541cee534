"""What is being made of an uploaded picture in the background: its smaller sizes for pages."""

from django.db import models
from django.utils import timezone

from episodes.models.fields import StorableTextField


class PictureWork(models.Model):
    """One row for each stored picture, by its name (made from its content), whoever shows it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for its turn"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    name = models.CharField("picture", max_length=200, primary_key=True, help_text="The picture's name in the storage.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = StorableTextField(blank=True, help_text="Why it failed, in words for producers.")
    requested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = "picture's sizes", "sizes of pictures"

    def __str__(self):
        return self.name
