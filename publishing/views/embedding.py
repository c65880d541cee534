"""Doors for other people's pages: the light player, and oEmbed which tells them how to show it."""

from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from lxml import etree

from publishing.pages import rows as page_rows
from publishing.pages.embed_code import EMBED_HEIGHT_PX, EMBED_WIDTH_PX, embed_code
from publishing.pages.frame import frame_of
from publishing.pages.pictures import picture_of
from publishing.pages.rows import EpisodeRow
from publishing.views.answering import page, public_page
from publishing.views.pages import former_episode, moment

SMALLEST_WIDTH_PX = 280
THEMES = ("light", "dark")


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@public_page(query=("t", "theme"))
def embed(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    """The only page that others may frame; no cookie, nothing kept."""
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    theme = request.GET.get("theme", "")
    start_ms = moment(request.GET.get("t", ""))
    if start_ms is not None and start_ms >= (found.duration_ms or 0):
        start_ms = None
    return page(
        frame_of(found.site_shows, found.show.slug),
        "publishing/embed.html",
        {
            "episode": found,
            "show": found.show,
            "start_ms": start_ms,
            "theme": theme if theme in THEMES else "",
        },
    )


@public_page(query=("url", "format", "maxwidth", "maxheight"), keep=False)
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0, of episodes of this site only; any other address is 404. Source: oembed.com."""
    wanted = request.GET.get("format", "json")
    if wanted not in ("json", "xml"):
        return HttpResponse("Formats are json and xml.", status=501, content_type="text/plain; charset=utf-8")
    if not request.GET.get("url"):
        return HttpResponseBadRequest("Say which page: ?url=…", content_type="text/plain; charset=utf-8")
    found = _episode_at(request.GET["url"])
    if found is None:
        raise Http404
    answer = _answer(found, _limit(request, "maxwidth", EMBED_WIDTH_PX), _limit(request, "maxheight", EMBED_HEIGHT_PX))
    if wanted == "xml":
        root = etree.Element("oembed")
        for name, value in answer.items():
            etree.SubElement(root, name).text = str(value)
        body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
        return HttpResponse(body, content_type="text/xml; charset=utf-8")
    response = JsonResponse(answer)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _episode_at(url: str) -> EpisodeRow | None:
    """The published episode whose page (or player) this absolute address is."""
    try:
        asked, own = urlsplit(url), urlsplit(settings.SITE_URL)
        if asked.scheme not in ("http", "https") or asked.netloc.lower() != own.netloc.lower():
            return None
        match = resolve(asked.path)
    except (ValueError, Resolver404):
        return None
    if match.view_name not in ("publishing:episode", "publishing:embed", "publishing:transcript"):
        return None
    return page_rows.episode_page(match.kwargs["show_slug"], match.kwargs["episode_slug"])


def _limit(request: HttpRequest, name: str, own: int) -> int:
    text = request.GET.get(name, "")
    return min(own, max(SMALLEST_WIDTH_PX if name == "maxwidth" else 120, int(text))) if _is_number(text) else own


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _answer(episode: EpisodeRow, width: int, height: int) -> dict:
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": episode.title,
        "author_name": episode.show.author,
        "author_url": settings.SITE_URL + episode.show.get_absolute_url(),
        "provider_name": episode.show.title,
        "provider_url": settings.SITE_URL + reverse("publishing:home"),
        "cache_age": 3600,
        "width": width,
        "height": height,
        "html": embed_code(episode, width, height),
    }
    picture = picture_of(episode, "artwork") or picture_of(episode.show, "artwork")
    if picture is not None:
        answer["thumbnail_url"] = settings.SITE_URL + picture.url
        answer["thumbnail_width"] = answer["thumbnail_height"] = picture.width
    return answer
