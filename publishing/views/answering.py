"""How every public page answers: no cookie, an ETag of the site's mark, 304, ready compressed bytes."""

import hashlib
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.template import loader
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from downloads.delivery.patience import LONG_SECONDS, SHORT_SECONDS, Silent, breaker
from publishing.pages.frame import Frame, interface_language
from publishing.pages.site_state import read_site_mark, release_mark
from publishing.pages.store import PageStore, StoredPage

# Browsers ask each time (a 304 costs one query), a CDN may hold a page for ten seconds: that is how long an episode
# whose hour has come, or whose guest took back consent, can lag behind it.
CACHE_CONTROL = "public, max-age=0, s-maxage=10, must-revalidate"
# Where the short way leaves the mark when it has to hand a request on; no header of a request has such a name.
MARK_JUST_READ = "publishing.site_mark"
STORED_PAGES = PageStore(limit_bytes=12_000_000)


def public_page(*, query: tuple[str, ...] = (), keep: bool = True) -> Callable:
    """Decorate a view of a page that is the same for everybody.

    `query` names the parameters the page depends on; all others are ignored, so they cannot fill the store.
    `keep` False: answers are not stored (search, whose addresses are endless), but still revalidate.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            # Undecodable bytes come as U+FFFD, and no address of ours holds a NUL: Postgres would refuse it.
            if "\x00" in request.path or "\x00" in request.META.get("QUERY_STRING", ""):
                raise Http404
            asked = [(name, value) for name in query for value in request.GET.getlist(name)[:20]]
            if any("\x00" in value for _, value in asked):
                raise Http404
            try:
                mark = request.META.get(MARK_JUST_READ) or breaker.ask(read_site_mark, _patience(request, asked))
            except Silent:
                return _without_database(request, asked)
            _newest.mark = request.site_mark = mark
            key = page_key(request.path, asked, mark)
            etag = f'W/"{key}"'
            if has_etag(request.headers.get("If-None-Match", ""), etag):
                return _finished(HttpResponse(status=304), etag)
            page = STORED_PAGES.get(key) if keep and not settings.DEBUG else None
            if page is None:
                try:
                    response = breaker.ask(lambda: view(request, *args, **kwargs), LONG_SECONDS)
                except Silent:
                    return unavailable(request)
                if response.status_code != 200 or response.streaming:
                    return response
                page = StoredPage(response.content, response["Content-Type"], _own_headers(response))
                if keep and not settings.DEBUG:
                    STORED_PAGES.put(key, page)
            return _finished(_answer(request, page), etag)

        return answer

    return decorate


def site_mark(request: HttpRequest) -> str:
    """The state of the site that a public_page was asked for in; "" for other views."""
    return getattr(request, "site_mark", "")


def _own_headers(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in response.items() if name not in ("Content-Type", "Content-Length"))


class _Newest:
    """The mark seen last by this process: pages kept under it are as good as can be known without a database."""

    mark = ""


_newest = _Newest()


def _patience(request: HttpRequest, asked: list[tuple[str, str]]) -> float:
    """Little where the page as it last was is at hand, else more."""
    at_hand = _newest.mark and STORED_PAGES.get(page_key(request.path, asked, _newest.mark))
    return SHORT_SECONDS if at_hand else LONG_SECONDS


def _without_database(request: HttpRequest, asked: list[tuple[str, str]]) -> HttpResponse:
    """The page as it last was, if this process has it, said to be stale (RFC 9111, warn-code 110)."""
    key = page_key(request.path, asked, _newest.mark)
    page = STORED_PAGES.get(key)
    asked_with = request.headers.get("If-None-Match", "")
    if page is not None:
        response = _answer(request, page)
    elif _newest.mark and "*" not in asked_with and has_etag(asked_with, f'W/"{key}"'):
        response = HttpResponse(status=304)  # they have what this process would send, had it kept it
    else:
        return unavailable(request)
    response["Warning"] = '110 - "Response is Stale"'
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def from_file(request: HttpRequest, template_name: str, status: int) -> HttpResponse:
    """A page for when nothing can be asked: its words come from files, in the language that the browser asks for."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        response = HttpResponse(loader.get_template(template_name).render(), status=status)
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language"])
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503; podcast apps and players go on by the feed's and the audio's own last good copies."""
    response = from_file(request, "503.html", 503)
    response["Retry-After"] = "30"
    response["Cache-Control"] = "no-store"
    return response


def patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that is no public_page and asks the database: 503 instead of waiting for a silent one."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return breaker.ask(lambda: view(request, *args, **kwargs), LONG_SECONDS)
        except Silent:
            return unavailable(request)

    return answer


def page_key(path: str, asked: list[tuple[str, str]], mark: str) -> str:
    """Under which a page is kept: its address, what of a question it depends on, and the state of site and code."""
    text = "\0".join((path, urlencode(asked), mark, release_mark()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def has_etag(header: str, etag: str) -> bool:
    """Whether If-None-Match names the ETag: lists, `*`, and weak comparison (proxies that compress weaken ETags)."""
    if not header or header == etag:
        return header == etag
    named = parse_etags(header)
    return named == ["*"] or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in named}


def _answer(request: HttpRequest, page: StoredPage) -> HttpResponse:
    body, encoding = page.encoded(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(body, content_type=page.content_type)
    for name, value in page.headers:
        response[name] = value
    if encoding:
        response["Content-Encoding"] = encoding
    response["Content-Length"] = str(len(body))
    return response


def _finished(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def page(frame: Frame, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    """A page in the language of its show; nothing of the request is in it, so it is the same for everybody."""
    with translation.override(interface_language(frame.language)):
        body = render_to_string(template, {"frame": frame, **context})
    response = HttpResponse(body, status=status)
    response["Speculation-Rules"] = f'"{reverse("publishing:speculation_rules")}"'
    return response


def moved(url: str, request: HttpRequest) -> HttpResponsePermanentRedirect:
    """301 to where the page lives now, with the question it was asked."""
    asked = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{url}{'&' if '?' in url else '?'}{asked}" if asked else url)
    # Without it browsers keep a 301 for ever: an address that comes back would make a circle in their memory.
    response["Cache-Control"] = "public, max-age=300"
    return response


def whole_number(text: str | None, most: int = 100_000) -> int | None:
    """A plain whole number up to `most`; None for anything else (also for digits of other scripts)."""
    if text and text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= most:
        return int(text)
    return None
