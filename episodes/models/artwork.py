"""The square cover that shows and episodes carry, and its smaller renditions."""

from django.db import models

from episodes.models.fields import StorableCharField


class WithArtwork(models.Model):
    """A cover: server-named file (public, content-named), size in pixels, words for those who cannot see it.

    `artwork_renditions` is a list of {"width": px, "format": "avif"|"jpeg", "name": storage name}, smallest first;
    empty until the job has made them.
    """

    artwork = models.FileField(
        upload_to="artwork/", max_length=200, blank=True, help_text=("A square of 1400 to 3000 pixels, JPEG or PNG.")
    )
    artwork_width_px = models.PositiveIntegerField(null=True, blank=True, editable=False)
    artwork_bytes = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    artwork_mime = models.CharField(max_length=40, blank=True, editable=False)
    artwork_alt = StorableCharField(
        max_length=500, blank=True, help_text="What the picture shows, for people who cannot see it."
    )
    artwork_renditions = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        abstract = True
