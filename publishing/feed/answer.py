"""The answer to a request for a feed that is at hand: 200 plain or packed, or 304, by RFC 9110 and 9111."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.http import http_date, parse_etags, parse_http_date_safe

from publishing.feed.bodies import FeedAnswer, Held
from publishing.pages.store import accepts
from publishing.rss.names import FEED_TYPE

# Apps ask every hour or so. Each answer asks the database for the state of the rows; a CDN may spare us most of that.
CACHE_CONTROL = "public, max-age=300, s-maxage=60, stale-if-error=86400"
VARY = "Accept-Encoding, Sec-Fetch-Mode"
_CONTENT_TYPE = f"{FEED_TYPE}; charset=utf-8"


# Apps say one of a few things here. What is kept is short, whatever they say.
_LONGEST_KEPT = 200


def standing_headers(modified_s: int, links: str) -> dict[str, str]:
    """The headers of every answer with this page, made once with it: when it last changed, and its Link header."""
    return {
        "Last-Modified": http_date(modified_s),
        "Cache-Control": CACHE_CONTROL,
        "Vary": VARY,
        "Link": links,
        "Access-Control-Allow-Origin": "*",
    }


def answer_feed(held: Held, environ: Mapping[str, Any]) -> FeedAnswer:
    """Status, headers and body for a GET by these WSGI variables; HEAD is the same without the body.

    A 304 has no Content-Length: 0 would be untrue (RFC 9110 section 8.6), and some clients wait for a body where it
    says the true length. There are four answers for each state of a feed, so each is made once.
    """
    asked = environ.get("HTTP_ACCEPT_ENCODING", "")
    packed = _accepts_gzip(asked) if len(asked) <= _LONGEST_KEPT else accepts(asked, "gzip")
    which = (_is_known(held, environ), packed)
    answer = held.answers.get(which)
    if answer is None:
        answer = held.answers[which] = _answer(held, *which)
    return answer


def _answer(held: Held, known: bool, packed: bool) -> FeedAnswer:
    body = held.body
    headers = {"ETag": f'"{body.etag}-gzip"' if packed else f'"{body.etag}"', **held.headers}
    if known:
        return FeedAnswer(304, headers, b"")
    content = body.gzipped if packed else body.content
    headers["Content-Type"] = _CONTENT_TYPE
    headers["Content-Length"] = str(len(content))
    if packed:
        headers["Content-Encoding"] = "gzip"
    return FeedAnswer(200, headers, content)


@lru_cache(maxsize=256)
def _accepts_gzip(accept_encoding: str) -> bool:
    return accepts(accept_encoding, "gzip")


def _is_known(held: Held, environ: Mapping[str, Any]) -> bool:
    """Whether the client has these bytes: If-None-Match decides, else If-Modified-Since.

    Both forms of the body are one content: a mark of either tells that it is known, also weakened on its way by a
    proxy that packs, and with the ending such a proxy puts to it.
    """
    if asked := environ.get("HTTP_IF_NONE_MATCH"):
        if asked in held.body.marks:
            return True
        marks = parse_etags(asked)
        return marks == ["*"] or held.body.etag in {_bare(mark) for mark in marks}
    if since := environ.get("HTTP_IF_MODIFIED_SINCE"):
        seconds = parse_http_date_safe(since)
        return seconds is not None and held.modified_s <= seconds
    return False


def _bare(mark: str) -> str:
    return mark.removeprefix("W/").strip('"').removesuffix("-gzip").removesuffix(";gzip")
