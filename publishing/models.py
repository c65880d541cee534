"""Feeds as the admin lists them: each show once more, looked at from the side of apps. No table of its own."""

from episodes.models import Show


class Feed(Show):
    class Meta:
        proxy = True
        verbose_name = "feed"
        verbose_name_plural = "feeds"
