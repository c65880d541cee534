"""The floors of benchmarks/pages.py: constant bytes, and an episode's page and a list as first projects have them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

from episodes.models import Episode, Show, Speaker, Topic

BODY = b""
PAGE = Engine().from_string(
    "<!doctype html><title>{{ episode.title }}</title><h1>{{ episode.title }}</h1><p>{{ episode.summary }}</p>"
    "{% for one in people %}<p>{{ one.speaker.name }} {{ one.role }}</p>{% endfor %}"
    "{% for one in chapters %}<p>{{ one.start_ms }} {{ one.title }}</p>{% endfor %}"
    "{% for one in segments %}<p id='s{{ one.position }}'>{{ one.start_ms }} {{ one.text }}</p>{% endfor %}"
)
LIST = Engine().from_string(
    "<!doctype html><title>{{ show.title }}</title><p>{{ count }} episodes</p>"
    "{% for topic in topics %}<option>{{ topic.name }}</option>{% endfor %}"
    "{% for one in people %}<option>{{ one.name }}</option>{% endfor %}"
    "{% for year in years %}<option>{{ year.year }}</option>{% endfor %}"
    "{% for episode in episodes %}<h2><a href='/{{ episode.slug }}/'>{{ episode.title }}</a></h2>"
    "<p>{{ episode.summary }}</p><p>{{ episode.published_at|date:'j F Y' }} {{ episode.duration_ms }}</p>"
    "{% for one in episode.appearances.all %}<p>{{ one.speaker.name }}</p>{% endfor %}{% endfor %}"
)


def constant(request):
    response = HttpResponse(BODY, content_type="text/html; charset=utf-8")
    response["Content-Encoding"] = "gzip"
    return response


def plain(request, pk):
    episode = get_object_or_404(Episode.objects.select_related("show"), pk=pk)
    context = {
        "episode": episode,
        "people": episode.appearances.select_related("speaker"),
        "chapters": episode.chapters.all(),
        "segments": episode.transcripts.first().segments.defer("words", "search"),
    }
    return HttpResponse(PAGE.render(Context(context)))


def plain_list(request, show_slug):
    show = get_object_or_404(Show, slug=show_slug)
    published = Episode.objects.filter(show=show, state="public", published_at__lte=timezone.now())
    context = {
        "show": show,
        "count": published.count(),
        "topics": Topic.objects.filter(episodes__in=published).distinct(),
        "people": Speaker.objects.filter(appearances__episode__in=published).distinct(),
        "years": published.dates("published_at", "year", order="DESC"),
        "episodes": published.order_by("-published_at").prefetch_related("appearances__speaker", "topics")[:20],
    }
    return HttpResponse(LIST.render(Context(context)))


urlpatterns = [
    path("constant/", constant),
    path("orm/<int:pk>/", plain),
    path("orm/<slug:show_slug>/list/", plain_list),
]
