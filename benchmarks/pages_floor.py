"""The floors of benchmarks/pages.py: constant bytes, and an episode's page the way a first Django project has it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.urls import path

from episodes.models import Episode

BODY = b""
PAGE = Engine().from_string(
    "<!doctype html><title>{{ episode.title }}</title><h1>{{ episode.title }}</h1><p>{{ episode.summary }}</p>"
    "{% for one in people %}<p>{{ one.speaker.name }} {{ one.role }}</p>{% endfor %}"
    "{% for one in chapters %}<p>{{ one.start_ms }} {{ one.title }}</p>{% endfor %}"
    "{% for one in segments %}<p id='s{{ one.position }}'>{{ one.start_ms }} {{ one.text }}</p>{% endfor %}"
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


urlpatterns = [path("constant/", constant), path("orm/<int:pk>/", plain)]
