"""The floors of benchmarks/pages.py: constant bytes, and an episode's page and a list as first projects have them.

Plain models of few columns over the site's own tables, the ORM, one template a page. The episode's page has its
transcript in it, sentence by sentence; the plain list has nothing to choose from, the other what our archive offers.
"""

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

BODY = b""


class PlainShow(models.Model):
    title = models.CharField(max_length=200)
    slug = models.SlugField()
    tagline = models.CharField(max_length=200)
    description = models.TextField()
    author = models.CharField(max_length=200)
    language = models.CharField(max_length=20)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_show"


class PlainEpisode(models.Model):
    show = models.ForeignKey(PlainShow, models.CASCADE, related_name="episodes")
    title = models.CharField(max_length=200)
    slug = models.SlugField()
    number = models.IntegerField(null=True)
    summary = models.TextField()
    show_notes = models.TextField()
    state = models.CharField(max_length=10)
    deleted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    audio = models.CharField(max_length=200)
    audio_bytes = models.BigIntegerField(null=True)
    audio_mime = models.CharField(max_length=40)
    duration_ms = models.BigIntegerField(null=True)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_episode"


class PlainSpeaker(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField()

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_speaker"


class PlainAppearance(models.Model):
    episode = models.ForeignKey(PlainEpisode, models.CASCADE, related_name="appearances")
    speaker = models.ForeignKey(PlainSpeaker, models.CASCADE, related_name="appearances")
    role = models.CharField(max_length=40)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_appearance"


class PlainTopic(models.Model):
    name = models.CharField(max_length=200)
    episodes = models.ManyToManyField(PlainEpisode, related_name="topics", through="PlainTopicOfEpisode")

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_topic"


class PlainTopicOfEpisode(models.Model):
    episode = models.ForeignKey(PlainEpisode, models.CASCADE)
    topic = models.ForeignKey(PlainTopic, models.CASCADE)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "episodes_episode_topics"


class PlainTranscript(models.Model):
    episode = models.ForeignKey(PlainEpisode, models.CASCADE, related_name="transcripts")

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "transcripts_transcript"


class PlainSegment(models.Model):
    transcript = models.ForeignKey(PlainTranscript, models.CASCADE, related_name="segments")
    position = models.IntegerField()
    text = models.TextField()
    start_ms = models.BigIntegerField(null=True)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "transcripts_segment"


PAGE = Engine().from_string(
    "<!doctype html><title>{{ episode.title }}</title><h1>{{ episode.title }}</h1>"
    "<p>{{ episode.published_at|date:'j F Y' }}</p><p>{{ episode.summary }}</p>"
    "<audio controls src='/audio/{{ episode.audio }}'></audio><div>{{ episode.show_notes|linebreaks }}</div>"
    "{% for one in people %}<p>{{ one.speaker.name }} {{ one.role }}</p>{% endfor %}"
    "{% for one in segments %}<p id='s{{ one.position }}'><a href='?t={{ one.start_ms }}'>{{ one.start_ms }}</a>"
    "{{ one.text }}</p>{% endfor %}"
)
LIST = Engine().from_string(
    "<!doctype html><title>{{ show.title }}</title>{% if count %}<p>{{ count }} episodes</p>{% endif %}"
    "{% for one in topics %}<option>{{ one.name }}</option>{% endfor %}"
    "{% for one in people %}<option>{{ one.name }}</option>{% endfor %}"
    "{% for year in years %}<option>{{ year.year }}</option>{% endfor %}"
    "{% for episode in episodes %}<h2><a href='/{{ show.slug }}/{{ episode.slug }}/'>{{ episode.title }}</a></h2>"
    "<p>{{ episode.summary }}</p><p>{{ episode.published_at|date:'j F Y' }} {{ episode.duration_ms }}</p>"
    "{% endfor %}"
)


def constant(request):
    response = HttpResponse(BODY, content_type="text/html; charset=utf-8")
    response["Content-Encoding"] = "gzip"
    return response


def published():
    """Asked so that the table's index by date serves the floor too, as it would have one of its own."""
    return PlainEpisode.objects.filter(state="public", deleted_at__isnull=True, published_at__lte=timezone.now())


def plain(request, show_slug, slug):
    """Three queries, as of performance.md's floor: the episode with its show, its people, its words."""
    episode = get_object_or_404(published().select_related("show"), show__slug=show_slug, slug=slug)
    context = {
        "episode": episode,
        "people": episode.appearances.select_related("speaker"),
        "segments": PlainSegment.objects.filter(transcript__episode=episode).order_by("position"),
    }
    return HttpResponse(PAGE.render(Context(context)))


def plain_list(request, show_slug):
    show = get_object_or_404(PlainShow, slug=show_slug)
    episodes = published().filter(show=show).order_by("-published_at")[:20]
    return HttpResponse(LIST.render(Context({"show": show, "episodes": episodes})))


def list_with_choices(request, show_slug):
    """What our archive offers to choose from, and how many there are, asked the plain way."""
    show = get_object_or_404(PlainShow, slug=show_slug)
    episodes = published().filter(show=show)
    context = {
        "show": show,
        "count": episodes.count(),
        "topics": PlainTopic.objects.filter(episodes__in=episodes).distinct(),
        "people": PlainSpeaker.objects.filter(appearances__episode__in=episodes).distinct(),
        "years": episodes.dates("published_at", "year", order="DESC"),
        "episodes": episodes.order_by("-published_at")[:20],
    }
    return HttpResponse(LIST.render(Context(context)))


urlpatterns = [
    path("constant/", constant),
    path("orm/<slug:show_slug>/episodes/", plain_list),
    path("orm/<slug:show_slug>/choices/", list_with_choices),
    path("orm/<slug:show_slug>/<slug:slug>/", plain),
]
