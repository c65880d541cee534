"""Door to the feed: apps get XML, a person in a browser gets the page on how to follow the show."""

import logging

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from downloads.feed_readers import note_feed_request
from publishing import feed_cache
from publishing.feed_bodies import Held
from publishing.feed_state import slug_now
from publishing.page_store import accepts
from publishing.rss.names import FEED_TYPE
from publishing.views.answering import moved
from publishing.views.follow import follow

logger = logging.getLogger(__name__)

# Apps ask every hour or so. Each answer asks the database for the state of the rows; a CDN may spare us most of that.
CACHE_CONTROL = "public, max-age=300, s-maxage=60, stale-if-error=86400"
VARY = "Accept-Encoding, Sec-Fetch-Mode"
LARGEST_PAGE = 100_000
_CONTENT_TYPE = f"{FEED_TYPE}; charset=utf-8"


class NotModified(HttpResponseNotModified):
    """A 304 without Content-Length, which Django's middleware would set to 0 where it sees none.

    A 304 must not say 0 (RFC 9110 section 8.6), and some clients wait for a body where it says the true length.
    """

    def has_header(self, header: str) -> bool:
        return header.lower() == "content-length" or super().has_header(header)

    __contains__ = has_header


def feed(request: HttpRequest, show_slug: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    wants_xml = request.GET.get("raw") == "1"
    if request.headers.get("Sec-Fetch-Mode") == "navigate" and not wants_xml:
        try:
            return _for_people(request, show_slug)
        except DatabaseError:
            logger.warning("The page on following %s needs the database; the feed itself is sent.", show_slug)
    return _for_apps(request, show_slug, wants_xml)


def _for_people(request: HttpRequest, show_slug: str) -> HttpResponse:
    response = follow(request, show_slug)
    patch_vary_headers(response, ["Sec-Fetch-Mode"])
    return response


def _for_apps(request: HttpRequest, show_slug: str, wants_xml: bool) -> HttpResponse:
    number = _page_number(request.GET.get("page", "1"))
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
    if request.method == "GET":
        note_feed_request(request, held.show_id)
    return response


def _answer(request: HttpRequest, held: Held) -> HttpResponse:
    """200 with the body plain or packed, or 304; the same headers for HEAD as for GET (RFC 9110, 9111)."""
    body = held.body
    packed = accepts(request.META.get("HTTP_ACCEPT_ENCODING", ""), "gzip")
    etag = f'"{body.etag}-gzip"' if packed else f'"{body.etag}"'
    if _is_known(request, held):
        response: HttpResponse = NotModified()
    else:
        content = body.gzipped if packed else body.content
        response = HttpResponse(content, content_type=_CONTENT_TYPE)
        response["Content-Length"] = str(len(content))
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(held.modified_s)
    response["Cache-Control"] = CACHE_CONTROL
    response["Vary"] = VARY
    response["Link"] = held.links
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _is_known(request: HttpRequest, held: Held) -> bool:
    """Whether the client has these bytes: If-None-Match decides, else If-Modified-Since.

    Both forms of the body are one content: a mark of either tells that it is known, also weakened on its way by a
    proxy that packs, and with the ending such a proxy puts to it.
    """
    if asked := request.META.get("HTTP_IF_NONE_MATCH"):
        marks = parse_etags(asked)
        return marks == ["*"] or held.body.etag in {_bare(mark) for mark in marks}
    if since := request.META.get("HTTP_IF_MODIFIED_SINCE"):
        seconds = parse_http_date_safe(since)
        return seconds is not None and held.modified_s <= seconds
    return False


def _bare(mark: str) -> str:
    return mark.removeprefix("W/").strip('"').removesuffix("-gzip").removesuffix(";gzip")


def _page_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:7]) <= LARGEST_PAGE else None


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
