"""What a show points to: funding, apps, other shows, and texts that prove ownership."""

from django.db import models
from django.db.models import Q

from episodes.models.fields import StorableCharField, StorableTextField
from episodes.models.show import Show


class FundingLink(models.Model):
    show = models.ForeignKey(Show, models.CASCADE, related_name="funding_links")
    url = models.URLField()
    label = StorableCharField(max_length=128)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.label


class FollowLink(models.Model):
    """The show's page in an app or directory."""

    class App(models.TextChoices):
        APPLE = "apple", "Apple Podcasts"
        SPOTIFY = "spotify", "Spotify"
        YOUTUBE = "youtube", "YouTube"
        POCKET_CASTS = "pocketcasts", "Pocket Casts"
        OVERCAST = "overcast", "Overcast"
        ANTENNAPOD = "antennapod", "AntennaPod"
        AMAZON = "amazon", "Amazon Music"
        CASTBOX = "castbox", "Castbox"
        DEEZER = "deezer", "Deezer"
        PODCAST_ADDICT = "podcastaddict", "Podcast Addict"
        PODCAST_INDEX = "podcastindex", "Podcast Index"
        OTHER = "other", "Another app"

    show = models.ForeignKey(Show, models.CASCADE, related_name="follow_links")
    app = models.CharField(max_length=20, choices=App)
    label = StorableCharField(max_length=60, blank=True, help_text="Only for another app: its name.")
    url = models.URLField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="follow_link_other_app_has_name",
                condition=~Q(app="other") | ~Q(label=""),
                violation_error_message="Write the app's name beside its address.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return self.label or self.get_app_display()


class VerificationText(models.Model):
    """A podcast:txt: a code by which a directory sees who owns the feed."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="verification_texts")
    purpose = StorableCharField(
        max_length=128, blank=True, help_text='"applepodcastsverify", "verify", "ai-content" or empty.'
    )
    text = StorableTextField(max_length=4000)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.purpose or "text"


class RecommendedShow(models.Model):
    """A show of others that this one recommends: an entry of its podroll."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="recommended_shows")
    title = StorableCharField(max_length=255, blank=True)
    feed_guid = models.UUIDField()
    feed_url = models.URLField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.title or str(self.feed_guid)


class ShowHost(models.Model):
    """A person of the show as a whole: named in the channel, offered first for each new episode."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="hosts")
    speaker = models.ForeignKey("episodes.Speaker", models.CASCADE, related_name="hosted_shows")
    role = models.CharField(max_length=40, default="Host")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "speaker"],
                name="show_host_once",
                violation_error_message="This person is already listed for the show.",
            ),
        ]

    def __str__(self):
        return f"{self.speaker}: {self.role}"
