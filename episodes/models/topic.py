"""A topic that episodes share."""

from django.db import models
from django.urls import reverse

from episodes.models.fields import StorableCharField, StorableTextField


class Topic(models.Model):
    name = StorableCharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True)
    description = StorableTextField(blank=True, help_text="Markdown: what it means here.")
    related = models.ManyToManyField("self", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("publishing:topic", args=[self.slug])
