"""The short way to a page that is at hand and has not changed: one small query, no middleware."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from downloads.delivery.patience import Silent
from downloads.delivery.transport import as_asked
from publishing.pages.site_state import read_unchanged_mark
from publishing.views.answering import CACHE_CONTROL, MARK_JUST_READ, STORED_PAGES, has_etag, page_key

MOST_ADDRESSES = 5_000
# What belongs to one answer and not to the page: they are made anew, or say nothing here.
_OF_ONE_ANSWER = {"etag", "content-length", "content-encoding", "x-request-id"}
_OF_A_BODY = {"content-type", "speculation-rules"}

Headers = list[tuple[str, str]]


class _Page:
    """An address this process has answered: its standing headers, and those of one state of the site made ready.

    `ready` maps encodings ("", "br", "gzip") to headers of a 200; `key` and `mark` say of which state. Not `whole`:
    only a 304 has been seen, whose headers are fewer.
    """

    __slots__ = ("headers", "key", "mark", "not_modified", "ready", "whole")

    def __init__(self, headers: Headers, whole: bool) -> None:
        self.headers = headers
        self.whole = whole
        self.mark = self.key = ""
        self.ready: dict[str, Headers] = {}
        self.not_modified: Headers = []

    def at(self, path: str, mark: str) -> "_Page":
        """The same of the site's state `mark`: another object, since other threads may be answering from this one."""
        page = _Page(self.headers, self.whole)
        page.mark, page.key = mark, page_key(path, [], mark)
        page.not_modified = [*(one for one in self.headers if one[0].lower() not in _OF_A_BODY), page.etag]
        return page

    @property
    def etag(self) -> tuple[str, str]:
        return "ETag", f'W/"{self.key}"'

    def headers_of(self, body: bytes, encoding: str) -> Headers:
        headers = self.ready.get(encoding)
        if headers is None:
            headers = [*self.headers, self.etag, ("Content-Length", str(len(body)))]
            if encoding:
                headers.append(("Content-Encoding", encoding))
            self.ready[encoding] = headers
        return headers


class QuickPages:
    """WSGI around the site. The first answer of a page goes the whole way, and its headers are kept as they went out;
    from then on the page is answered here for as long as the site's mark stands and its bytes are kept.

    Whatever is not plainly that (a question, another method, another host, a silent database) goes the whole way.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not _is_plain(environ, path):
            return self.application(environ, start_response)
        page = self._pages.get(path)
        if page is None:
            return self.application(environ, self._remembering(path, start_response))
        try:
            mark = read_unchanged_mark()
        except Silent:
            return self.application(environ, start_response)
        if mark is None:
            return self.application(environ, self._remembering(path, start_response))
        if page.mark != mark:
            page = self._pages[path] = page.at(path, mark)
        asked = environ.get("HTTP_IF_NONE_MATCH")
        # Who has the page of this state was given it, perhaps by another process of ours: it need not be at hand here.
        known = bool(asked) and "*" not in asked and has_etag(asked, page.etag[1])
        stored = None if known else STORED_PAGES.get(page.key) if page.whole else None
        if not known and stored is None:
            environ[MARK_JUST_READ] = mark
            return self.application(environ, self._remembering(path, start_response))
        if stored is None or (asked and has_etag(asked, page.etag[1])):
            start_response("304 Not Modified", page.not_modified[:])
            return []
        body, encoding = stored.encoded(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", page.headers_of(body, encoding)[:])
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _remembering(self, path: str, start_response: Callable[..., Any]) -> Callable[..., Any]:
        def start(status: str, headers: Headers, *rest: Any) -> Any:
            named = {name.lower(): value for name, value in headers}
            whole = status == "200 OK"
            # A 304 tells less than a page that is known already.
            tells = whole or (status.startswith("304") and path not in self._pages)
            if tells and named.get("cache-control") == CACHE_CONTROL and "set-cookie" not in named:
                kept = [one for one in headers if one[0].lower() not in _OF_ONE_ANSWER]
                with self._lock:
                    self._pages[path] = _Page(kept, whole)
                    while len(self._pages) > MOST_ADDRESSES:
                        self._pages.popitem(last=False)
            return start_response(status, headers, *rest)

        return start


def _is_plain(environ: dict[str, Any], path: str) -> bool:
    return (
        environ.get("REQUEST_METHOD") in ("GET", "HEAD")
        and path.endswith("/")
        and path.isascii()
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and not settings.DEBUG
        and as_asked(environ)
        and _is_ours(environ.get("HTTP_HOST", ""), tuple(settings.ALLOWED_HOSTS))
    )


@lru_cache(maxsize=64)
def _is_ours(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)
