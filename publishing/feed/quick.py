"""The short way to a feed that has not changed: one small query, no pages' middleware."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from downloads.counting.feed_readers import note_feed_request
from downloads.delivery.transport import as_asked, transport_security
from publishing.feed.answer import answer_feed
from publishing.feed.cache import recall

_ADDRESS = re.compile(r"/([-\w]+)/feed\.xml", re.ASCII)
_REASONS = {200: "200 OK", 304: "304 Not Modified"}


class QuickFeed:
    """WSGI around the site. Apps ask for the same feed by the thousand; while nothing changed, each is answered here.

    Whatever is not plainly that (a person in a browser, a page of a long feed, another method, a silent database) goes
    the whole way.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        address = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if address is None or not _is_plain(environ):
            return self.application(environ, start_response)
        # What Django does at the beginning of a request, and only that.
        connection.close_if_unusable_or_obsolete()
        held = recall(address[1])
        if held is None:
            return self.application(environ, start_response)
        answer = answer_feed(held, environ)
        note_feed_request(environ, held.show_id)
        headers = [*answer.headers.items(), ("X-Content-Type-Options", "nosniff"), *transport_security()]
        start_response(_REASONS[answer.status], headers)
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" else []


def _is_plain(environ: dict[str, Any]) -> bool:
    return (
        environ.get("REQUEST_METHOD") in ("GET", "HEAD")
        and not environ.get("QUERY_STRING")
        and environ.get("HTTP_SEC_FETCH_MODE") != "navigate"
        and as_asked(environ)
    )
