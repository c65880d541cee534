"""Door to an episode's chapters as apps read them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from episodes.chapters import ChapterMark, chapters_json
from episodes.models import Chapter, Episode
from publishing.pages.pictures import picture_of
from publishing.views.answering import public_page
from publishing.views.pages import former_episode


@public_page()
def chapters(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    """Podcasting 2.0 JSON chapters; an episode without chapters has no such file."""
    episodes = Episode.objects.published().select_related("show").prefetch_related("chapters")
    found = episodes.filter(show__slug=show_slug, slug=episode_slug).first()
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    marks = [ChapterMark(row.start_ms, row.title, row.link, row.listed, _address(row)) for row in found.chapters.all()]
    if not marks:
        raise Http404
    response = JsonResponse(
        chapters_json(marks, title=found.title, show=found.show.title), content_type="application/json+chapters"
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _address(chapter: Chapter) -> str:
    picture = picture_of(chapter, "image")
    return settings.SITE_URL + picture.chapter_url if picture else ""
