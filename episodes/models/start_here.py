"""Episodes a producer recommends to who comes to a show for the first time."""

from django.db import models
from django.db.models import Q

from episodes.models.episode import Episode

MOST_PICKS = 3


class StartHere(models.Model):
    """One of at most three picks of the episode's show; the page leaves out those that are not published."""

    episode = models.OneToOneField(Episode, models.CASCADE, primary_key=True, related_name="start_here")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "episode_id"]
        constraints = [
            models.CheckConstraint(
                name="start_here_position_one_to_three",
                condition=Q(position__gte=1, position__lte=MOST_PICKS),
                violation_error_message="A show has three places for episodes to start with.",
            ),
        ]

    def __str__(self):
        return f"{self.position}: {self.episode}"
