"""Door to the feed: apps get XML, a person in a browser gets the page on how to follow the show."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from downloads.counting.feed_readers import note_feed_request
from publishing.feed import cache as feed_cache
from publishing.feed.answer import answer_feed
from publishing.feed.bodies import Held
from publishing.feed.state import slug_now
from publishing.views.answering import moved, whole_number
from publishing.views.follow import follow

logger = logging.getLogger(__name__)

LARGEST_PAGE = 100_000


class NotModified(HttpResponseNotModified):
    """A 304 without Content-Length, which Django's middleware would set to 0 where it sees none."""

    def has_header(self, header: str) -> bool:
        return header.lower() == "content-length" or super().has_header(header)

    __contains__ = has_header


def feed(request: HttpRequest, show_slug: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    wants_xml = request.GET.get("raw") == "1"
    if request.headers.get("Sec-Fetch-Mode") == "navigate" and not wants_xml:
        page = _for_people(request, show_slug)
        if page.status_code != 503:
            return page
        logger.warning("The page on following %s needs the database; the feed itself is sent.", show_slug)
    return _for_apps(request, show_slug, wants_xml)


def _for_people(request: HttpRequest, show_slug: str) -> HttpResponse:
    response = follow(request, show_slug)
    patch_vary_headers(response, ["Sec-Fetch-Mode"])
    return response


def _for_apps(request: HttpRequest, show_slug: str, wants_xml: bool) -> HttpResponse:
    number = whole_number(request.GET.get("page", "1"), LARGEST_PAGE)
    try:
        found = feed_cache.find(show_slug, number) if number else None
    except feed_cache.Unavailable:
        return _later()
    if found is None:
        return _not_here(request, show_slug)
    held = found.held
    if held.moved_to and not wants_xml:
        return moved(held.moved_to, request)
    response = _answer(request, held)
    if found.trouble:
        logger.warning('The last good feed "%s" was sent: %s.', show_slug, found.trouble)
        response["Warning"] = '110 - "Response is Stale"'
    note_feed_request(request.META, held.show_id)
    return response


def _answer(request: HttpRequest, held: Held) -> HttpResponse:
    answer = answer_feed(held, request.META)
    response = NotModified() if answer.status == 304 else HttpResponse(answer.body)
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _not_here(request: HttpRequest, show_slug: str) -> HttpResponse:
    now = slug_now(show_slug)
    if now is not None:
        return moved(reverse("publishing:feed", args=[now]), request)
    raise Http404


def _later() -> HttpResponse:
    return HttpResponse(
        "The site is being repaired. Please try again in a minute.\n",
        status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": "60", "Cache-Control": "no-store"},
    )
