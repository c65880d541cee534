"""What the rows of several pages are made of: their types, the lists inside them, and the cards of episodes."""

from typing import Any, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from episodes.models import Appearance, Chapter, EpisodeQuerySet, Topic
from transcripts.models import Transcript

# Models with the lists their pages show (`people`, `topic_rows`, `site_shows` …) beside the model's own fields; the
# types of annotations that are JSON from the database are known to nobody.
EpisodeRow: TypeAlias = Any
ShowRow: TypeAlias = Any
SpeakerRow: TypeAlias = Any
TopicRow: TypeAlias = Any


def fields(names: str, **renamed: str) -> JSONObject:
    return JSONObject(**{name: name for name in names.split()}, **renamed)


def person(*own: str, **renamed: str) -> JSONObject:
    """Whoever a row with a `speaker` and a `role` is about, and further fields of that row."""
    return fields(
        " ".join(("role", *own)),
        name="speaker__name",
        slug="speaker__slug",
        pronouns="speaker__pronouns",
        photo="speaker__photo",
        photo_alt="speaker__photo_alt",
        photo_renditions="speaker__photo_renditions",
        **renamed,
    )


def _people(of: str) -> ArraySubquery:
    """People of the episode named by the outer row's field; whoever took back consent is left out."""
    return ArraySubquery(
        Appearance.objects.filter(episode=OuterRef(of), speaker__hidden=False)
        .order_by("position", "id")
        .values(row=person("affiliation", affiliation_now="speaker__affiliation", orcid="speaker__orcid"))
    )


# What a list shows of an episode and its show; of twenty rows, the other hundred columns would cost most of the time.
_ON_CARDS = (
    *"slug title summary kind number display_number published_at duration_ms audio_sha256 audio_mime".split(),
    *"artwork artwork_alt artwork_renditions show__slug show__title show__language season__number".split(),
)


def topics_of(of: str) -> ArraySubquery:
    return ArraySubquery(Topic.objects.filter(episodes=OuterRef(of)).order_by("name").values(row=fields("name slug")))


def cards(episodes: EpisodeQuerySet) -> QuerySet:
    """Episodes as lists show them: with show, people and whether there are chapters and words to read.

    `has_chapters` and `has_transcript` are an id or None. They are no EXISTS, which Postgres answers for a list by
    reading the whole table once: one look into an index for each row is what a list of any site costs.
    """
    return (
        episodes.select_related("show", "season")
        .only(*_ON_CARDS)
        .annotate(
            people=_people("pk"),
            has_chapters=Subquery(Chapter.objects.filter(episode=OuterRef("pk")).order_by().values("id")[:1]),
            has_transcript=Subquery(
                Transcript.objects.shown().filter(episode=OuterRef("pk")).order_by().values("id")[:1]
            ),
        )
    )
