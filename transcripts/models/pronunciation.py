"""How words sound, kept between alignments: finding it out is a good part of their work."""

from django.db import models


class Pronunciation(models.Model):
    """What the aligner's model says a spelling sounds like; `key` also names the model, so another one starts anew."""

    key = models.CharField(max_length=255, primary_key=True)
    sounds = models.TextField()

    def __str__(self):
        return self.key
