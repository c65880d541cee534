"""The search index, built anew from what is stored."""

from dataclasses import dataclass

from django.db import connection, transaction

from episodes.models import Episode
from transcripts.search.vocabulary import learn_all_words


@dataclass(frozen=True, slots=True)
class Reindexed:
    episodes: int
    words: int


def reindex() -> Reindexed:
    """Make every episode's search row and the list of words what the stored text says; one transaction an episode."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transcripts_episodesearch (episode_id, about, spoken) "
            "SELECT id, '', '' FROM episodes_episode ON CONFLICT DO NOTHING"
        )
    episode_ids = list(Episode.objects.order_by("pk").values_list("pk", flat=True))
    for episode_id in episode_ids:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT transcripts_refresh_about(%s), transcripts_refresh_spoken(%s)", [episode_id] * 2)
    return Reindexed(len(episode_ids), learn_all_words())
