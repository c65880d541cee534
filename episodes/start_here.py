"""Choose the episodes that a show offers to who has never heard it."""

from collections.abc import Sequence

from django.db import transaction

from episodes.models import Episode, Show, StartHere
from episodes.models.start_here import MOST_PICKS


@transaction.atomic
def choose_start_here(show: Show, episodes: Sequence[Episode]) -> None:
    """Make these, in this order, the show's picks. Raises ValueError, a sentence, for what cannot be picked."""
    if len(episodes) > MOST_PICKS:
        raise ValueError(f"Choose at most {MOST_PICKS} episodes to start with, and leave the others out.")
    if len({episode.pk for episode in episodes}) < len(episodes):
        raise ValueError("An episode is chosen twice. Choose another one, or leave that place empty.")
    if any(episode.show_id != show.pk for episode in episodes):
        raise ValueError("An episode of another show cannot be picked here. Choose one of this show.")
    # Nothing is written where nothing changed: every row of this table moves the show's stamp.
    if picks_of(show) == [episode.pk for episode in episodes]:
        return
    StartHere.objects.filter(episode__show=show).delete()
    StartHere.objects.bulk_create(
        StartHere(episode=episode, position=position) for position, episode in enumerate(episodes, start=1)
    )


def picks_of(show: Show) -> list[int]:
    """Ids of the picked episodes in their order, whatever their state."""
    return list(StartHere.objects.filter(episode__show=show).values_list("episode_id", flat=True))
