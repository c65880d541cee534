"""A file that is on its way up, piece by piece."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from episodes.models.fields import StorableCharField


class Upload(models.Model):
    """A resumable upload. Its bytes lie in the folder of incoming files; how many there are is asked of the disk."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = StorableCharField(max_length=255, blank=True)
    length_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: models.Manager["Upload"] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_never_longer_than_said",
                condition=Q(received_bytes__lte=F("length_bytes")),
                violation_error_message="More arrived than was announced.",
            ),
        ]

    def __str__(self):
        return self.name or str(self.token)
