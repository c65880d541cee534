"""A show's move to this site: one run of the importer, and what came of each item.

The rows live on the ground floor because they speak of shows and episodes only; publishing, which does the work, has no
tables of its own.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from episodes.models.episode import Episode
from episodes.models.fields import StorableCharField
from episodes.models.show import Show


class FeedImport(models.Model):
    """One move. `pages` are the feed's bytes as received: [{"name": private storage name, "charset": "", "url": ""}].

    `report` and `parity` are lists of sentences for the producer, about the show and about the finished move.
    """

    class State(models.TextChoices):
        READING = "reading", "Being read"
        UNREAD = "unread", "Not read to its end"
        REHEARSED = "rehearsed", "Rehearsed, not started"
        WAITING = "waiting", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Finished"
        STOPPED = "stopped", "Stopped"

    source = StorableCharField(max_length=4000, help_text="Address or name of the feed file.")
    pages = models.JSONField(default=list)
    show = models.ForeignKey(Show, models.SET_NULL, null=True, blank=True, related_name="imports")
    show_title = StorableCharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REHEARSED)
    report = models.JSONField(default=list, blank=True)
    parity = models.JSONField(default=list, blank=True)
    error = StorableCharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "move of a show"
        verbose_name_plural = "moves of shows"

    def __str__(self):
        return f"{self.show_title or self.source} ({self.get_state_display().lower()})"


class FeedImportItem(models.Model):
    """One item of the feed in one run. `notes` are sentences: what could not be taken over, and why."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CREATED = "created", "Created"
        PRESENT = "present", "Already here"
        INCOMPLETE = "incomplete", "Created, something is missing"
        REFUSED = "refused", "Not taken over"

    feed_import = models.ForeignKey(FeedImport, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    guid = StorableCharField(max_length=1000)
    title = StorableCharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    episode = models.ForeignKey(Episode, models.SET_NULL, null=True, blank=True, related_name="+")
    notes = models.JSONField(default=list, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["feed_import", "position"], name="import_item_position_once"),
        ]

    def __str__(self):
        return self.title or self.guid
