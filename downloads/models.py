"""Tables of the count: requests for a while, totals for ever, and no address anywhere."""

from django.db import models
from django.db.models import Q

from downloads.counting.iab import Reason
from episodes.models import Episode, Show
from episodes.models.fields import StorableCharField

REASONS = [(reason.value, reason.label) for reason in Reason]


class Request(models.Model):
    """One request for an episode's audio, kept for DOWNLOAD_REQUEST_DAYS so that the count can be made again.

    `client` tells listeners apart within one UTC day and is meaningless the next (see downloads.counting.listeners).
    """

    # Where it was read from: the note's file and line, or a log line's hash. Nothing is counted twice.
    origin = models.CharField(max_length=64, unique=True)
    day = models.DateField(help_text="The UTC day.")
    at = models.DateTimeField()
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="+")
    audio = models.CharField(max_length=8)
    audio_bytes = models.PositiveBigIntegerField()
    needed = models.PositiveBigIntegerField(help_text="Bytes that make a download of this audio.")
    client = models.CharField(max_length=32)
    agent = StorableCharField(max_length=400, blank=True)
    place = StorableCharField(max_length=60, blank=True)
    method = models.CharField(max_length=8)
    status = models.PositiveSmallIntegerField()
    first = models.PositiveBigIntegerField()
    asked_last = models.PositiveBigIntegerField(null=True, blank=True)
    sent = models.PositiveBigIntegerField(help_text="Bytes that arrived, as far as the server can know.")
    data_centre = models.BooleanField(default=False)
    source = models.CharField(max_length=8, help_text="Who sent it: disk, nginx or s3.")
    reason = models.CharField(max_length=16, blank=True, choices=REASONS, help_text="Empty until judged.")
    rules = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["day", "episode"], name="request_day_episode"),
            models.Index(fields=["day", "episode"], name="request_to_judge", condition=Q(reason="")),
        ]

    def __str__(self):
        return f"{self.method} {self.episode} at {self.at:%Y-%m-%d %H:%M:%S} UTC"


class DailyDownload(models.Model):
    """How many downloads an episode had on a UTC day, by app, device and place of listening."""

    day = models.DateField()
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="daily_downloads")
    app = StorableCharField(max_length=120, blank=True, help_text="Empty: an app the lists do not know.")
    device = StorableCharField(max_length=120, blank=True)
    place = StorableCharField(max_length=60, blank=True, help_text='"site", "embed", a web player, or empty for apps.')
    downloads = models.PositiveIntegerField()
    rules = models.CharField(max_length=30)

    class Meta:
        verbose_name = "download statistics"
        verbose_name_plural = "statistics"
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["day", "episode", "app", "device", "place"], name="daily_download_once"),
            models.CheckConstraint(name="daily_download_counts_something", condition=Q(downloads__gt=0)),
        ]
        indexes = [models.Index(fields=["episode", "day"], name="daily_download_episode_day")]

    def __str__(self):
        return f"{self.day}: {self.downloads} of {self.episode}"


class DailyExclusion(models.Model):
    """How many requests of a UTC day were not counted, and why."""

    day = models.DateField()
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=16, choices=REASONS)
    requests = models.PositiveIntegerField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["day", "episode", "reason"], name="daily_exclusion_once")]

    def __str__(self):
        return f"{self.day}: {self.requests} × {self.get_reason_display()}"


class DailyListeners(models.Model):
    """How many different listeners downloaded something of a show on a UTC day. Days cannot be added up."""

    day = models.DateField()
    show = models.ForeignKey(Show, models.CASCADE, related_name="+")
    listeners = models.PositiveIntegerField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["day", "show"], name="daily_listeners_once")]

    def __str__(self):
        return f"{self.day}: {self.listeners} listeners of {self.show}"


class DailyFeedReader(models.Model):
    """What fetched a show's feed on a UTC day, and how many subscribers it stands for.

    `subscribers`: what the reader says of itself ("12 subscribers"), at most so far that day; 0 when it says nothing.
    `fetchers`: different machines that came, for apps that fetch from each phone.
    """

    day = models.DateField()
    show = models.ForeignKey(Show, models.CASCADE, related_name="+")
    reader = StorableCharField(max_length=120, blank=True)
    subscribers = models.PositiveIntegerField(default=0)
    fetchers = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["day", "show", "reader"], name="daily_feed_reader_once")]

    def __str__(self):
        return f"{self.day}: {self.reader or 'unknown reader'}"


class FeedFetch(models.Model):
    """One fetcher of a show's feed on a UTC day; kept for that day only, to count machines once."""

    day = models.DateField()
    show = models.ForeignKey(Show, models.CASCADE, related_name="+")
    client = models.CharField(max_length=32)
    reader = StorableCharField(max_length=120, blank=True)
    subscribers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "show", "client", "reader"], name="feed_fetch_once")]

    def __str__(self):
        return f"{self.day}: {self.reader or 'unknown reader'}"


class CountedFile(models.Model):
    """A file of notes that has been taken in; the row is written with its requests, so that neither comes twice."""

    name = models.CharField(max_length=120, unique=True)
    taken_at = models.DateTimeField(auto_now_add=True)
    notes = models.PositiveIntegerField()

    def __str__(self):
        return self.name
