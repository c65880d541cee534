"""What search asks besides segments: one row an episode, the words ever said, and what was sought in vain."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from episodes.models import Episode


class EpisodeSearch(models.Model):
    """All that can be found about an episode; written by database triggers only, so that it is never behind.

    `about` holds title (weight A), people and topics (B), summary and notes (C);
    `spoken` holds the shown transcripts (D).
    """

    episode = models.OneToOneField(Episode, models.CASCADE, primary_key=True, related_name="search_row")
    about = SearchVectorField()
    spoken = SearchVectorField()
    search = models.GeneratedField(
        expression=models.Func(F("about"), F("spoken"), function="tsvector_concat"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="episodesearch_search", fastupdate=False),
            GinIndex(fields=["about"], name="episodesearch_about", fastupdate=False),
        ]

    def __str__(self):
        return f"What can be found of {self.episode}"


class SpokenWord(models.Model):
    """A word that stands in some transcript, without its accents: what "did you mean" chooses from.

    May hold words of unpublished episodes; search asks whether a listener would find them before it names one.
    """

    word = models.CharField(max_length=60, primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="spokenword_similar")]

    def __str__(self):
        return self.word


class SearchMiss(models.Model):
    """A search that found nothing, counted by day; who searched is not kept."""

    query = models.CharField(max_length=100)
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["query", "day"], name="search_miss_once_a_day"),
        ]

    def __str__(self):
        return self.query
