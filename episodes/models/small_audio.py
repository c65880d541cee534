"""The same sound in a smaller file, for slow or costly connections: what a feed calls an alternate enclosure."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from episodes.audio.kinds import SMALL_EXTENSION
from episodes.models.episode import Episode
from episodes.models.fields import StorableCharField, private_storage

_SHA256 = "^[0-9a-f]{64}$"


class SmallAudio(models.Model):
    """One smaller file of an episode's present audio.

    `made_from` is the SHA-256 of that audio. When the audio is replaced the row goes in the same moment, and the
    addresses of smaller files of before lead on like those of former audio (database triggers, migration 0008).
    """

    episode = models.OneToOneField(Episode, models.CASCADE, primary_key=True, related_name="small_audio")
    file = models.FileField(upload_to="audio/", storage=private_storage, max_length=200)
    mime = models.CharField(max_length=40)
    codecs = models.CharField(max_length=40, help_text="As RFC 6381 names them.")
    bitrate_bps = models.PositiveIntegerField()
    audio_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    title = StorableCharField(max_length=32)
    made_from = models.CharField(max_length=64)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "smaller file"
        constraints = [
            models.CheckConstraint(
                name="small_audio_is_whole",
                condition=Q(audio_bytes__gt=0, bitrate_bps__gt=0, sha256__regex=_SHA256, made_from__regex=_SHA256)
                & ~Q(file="")
                & ~Q(mime="")
                & ~Q(title=""),
                violation_error_message="A smaller file needs its bytes, type, bitrate, checksum and a title.",
            ),
        ]

    def __str__(self):
        return f"{self.episode}: {self.title}"

    def get_absolute_url(self):
        """The path apps fetch, of the same family as the episode's enclosure."""
        return reverse(
            "downloads:audio", args=[self.episode.show.slug, self.episode.slug, self.sha256[:8], SMALL_EXTENSION]
        )
