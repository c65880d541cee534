"""What the site last found out about itself: the newest report of each recurring look, for the desk's front page."""

from django.db import models


class SiteReport(models.Model):
    """One row for each kind of look, replaced by the next: "feed-12" (a show's feed), "backup"."""

    name = models.CharField(max_length=60, primary_key=True)
    made_at = models.DateTimeField()
    faults = models.JSONField(default=list, help_text="Sentences; empty: all was well.")
    hints = models.JSONField(default=list, help_text="Sentences of less weight.")
    facts = models.JSONField(default=dict, help_text="Numbers and names that belong to it.")

    class Meta:
        verbose_name = "report of the site on itself"

    def __str__(self):
        return f"{self.name}, {self.made_at:%Y-%m-%d %H:%M}"
