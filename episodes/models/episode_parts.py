"""What belongs to one episode and has rows of its own: chapters, links, sound bites, former addresses."""

from django.db import models
from django.db.models import Q

from episodes.models.episode import Episode
from episodes.models.fields import StorableCharField
from episodes.models.show import Show


class Chapter(models.Model):
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="chapters")
    start_ms = models.PositiveBigIntegerField()
    title = StorableCharField(max_length=255)
    link = models.URLField(max_length=500, blank=True)
    image = models.FileField(upload_to="chapters/", max_length=200, blank=True)
    image_alt = StorableCharField(
        max_length=500, blank=True, db_default="", help_text="What the picture shows, for people who cannot see it."
    )
    image_renditions = models.JSONField(default=list, db_default=[], blank=True, editable=False)
    listed = models.BooleanField(default=True, help_text="Silent chapters are not in the list.")

    class Meta:
        ordering = ["start_ms"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "start_ms"],
                name="chapter_start_once_in_episode",
                violation_error_message="Two chapters start at the same moment.",
            ),
        ]

    def __str__(self):
        return self.title


class Soundbite(models.Model):
    """A passage that stands for the episode: podcast:soundbite."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="soundbites")
    start_ms = models.PositiveBigIntegerField()
    duration_ms = models.PositiveBigIntegerField()
    title = StorableCharField(max_length=128, blank=True)

    class Meta:
        ordering = ["start_ms"]
        constraints = [
            models.CheckConstraint(
                name="soundbite_has_length",
                condition=Q(duration_ms__gt=0),
                violation_error_message="A sound bite needs a length; 15 to 120 seconds are best.",
            ),
        ]

    def __str__(self):
        return self.title or f"{self.start_ms // 1000} s"


class EpisodeLink(models.Model):
    """A reference: something the episode speaks of."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="links")
    title = StorableCharField(max_length=255)
    url = models.URLField(max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.title


class Waveform(models.Model):
    """Peaks of the audio for drawing: whole numbers 0–255, evenly spaced over the whole length."""

    episode = models.OneToOneField(Episode, models.CASCADE, primary_key=True, related_name="waveform")
    audio_sha256 = models.CharField(max_length=64)
    peaks = models.JSONField()


class FormerEpisodeSlug(models.Model):
    """An address the episode once had; written by a trigger when the slug changes."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=120)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "slug"], name="former_slug_once_in_show"),
        ]


class FormerAudio(models.Model):
    """An enclosure the episode once had; written by a trigger when the audio is replaced."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="former_audio")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "sha256"], name="former_audio_once"),
        ]
