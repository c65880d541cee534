"""The short way to a feed that has not changed: one small query, no pages' middleware."""

from collections.abc import Callable, Iterable
from typing import Any

from downloads.counting.feed_readers import note_feed_request
from downloads.delivery.transport import as_asked, transport_security
from publishing.feed.answer import answer_feed
from publishing.feed.cache import recall

_FEED = "/feed.xml"
_REASONS = {200: "200 OK", 304: "304 Not Modified"}
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")


class QuickFeed:
    """WSGI around the site. Apps ask for the same feed by the thousand; while nothing changed, each is answered here.

    Whatever is not plainly that (a person in a browser, a page of a long feed, another method, a silent database) goes
    the whole way.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if not path.endswith(_FEED) or not _is_plain(environ):
            return self.application(environ, start_response)
        # What stands between the slashes is a slug if it is one of a feed that is at hand.
        held = recall(path[1 : -len(_FEED)])
        if held is None:
            return self.application(environ, start_response)
        answer = answer_feed(held, environ)
        note_feed_request(environ, held.show_id)
        start_response(_REASONS[answer.status], [*answer.headers.items(), _NO_SNIFFING, *transport_security()])
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" else []


def _is_plain(environ: dict[str, Any]) -> bool:
    return (
        environ.get("REQUEST_METHOD") in ("GET", "HEAD")
        and not environ.get("QUERY_STRING")
        and environ.get("HTTP_SEC_FETCH_MODE") != "navigate"
        and as_asked(environ)
    )
