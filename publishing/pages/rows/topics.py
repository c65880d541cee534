"""The rows of the pages of topics: all that are spoken of, and one with its episodes."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q

from episodes.models import Episode, Topic
from publishing.pages.frame import with_shows
from publishing.pages.rows.shapes import EpisodeRow, TopicRow, cards, fields


def topics_page() -> list[TopicRow]:
    """Topics of published episodes, by name, with `episode_count`; one query."""
    published = Q(episodes__in=Episode.objects.published().values("pk"))
    return list(
        with_shows(Topic.objects.annotate(episode_count=Count("episodes", filter=published, distinct=True)))
        .filter(episode_count__gt=0)
        .order_by("name")
    )


def topic_page(slug: str) -> TopicRow | None:
    """A topic that a published episode has, with its related topics; one query."""
    heard = Exists(Episode.objects.published().filter(topics=OuterRef("pk")))
    return (
        with_shows(Topic.objects.filter(heard, slug=slug))
        .annotate(
            related_rows=ArraySubquery(
                Topic.objects.filter(heard, related=OuterRef("pk")).order_by("name").values(row=fields("name slug"))
            )
        )
        .first()
    )


def episodes_of_topic(topic: Topic) -> list[EpisodeRow]:
    return list(cards(Episode.objects.published().filter(topics=topic).newest_first()))
