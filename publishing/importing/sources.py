"""Where a foreign feed comes from: an address or a file, all its pages, merged into one feed."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

from publishing import outgoing
from publishing.importing.fetching import MOST_FEED_BYTES
from publishing.outgoing import OutgoingError
from publishing.rss.feed_shapes import Feed
from publishing.rss.foreign_xml import FeedError
from publishing.rss.reader import MOST_ITEMS, read_feed

MOST_PAGES = 200
_ACCEPT = {"Accept": "application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"}


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One document as received; `url` is where it was found in the end, "" for a file."""

    data: bytes
    charset: str = ""
    url: str = ""


def fetch_pages(url: str) -> list[FeedPage]:
    """The feed at an address with all its further pages (RFC 5005). Raises OutgoingError and FeedError."""
    return _with_next([_fetch(url)])


def file_pages(data: bytes) -> list[FeedPage]:
    """A feed file, with the further pages it names. Raises as fetch_pages."""
    return _with_next([FeedPage(data)])


def read_path(path: Path) -> list[FeedPage]:
    try:
        if path.stat().st_size > MOST_FEED_BYTES:
            raise FeedError(
                f"{path.name} has more than {MOST_FEED_BYTES // 1_000_000} MB. No podcast feed is that large."
            )
        return file_pages(path.read_bytes())
    except OSError as error:
        raise FeedError(f"{path} cannot be read ({(error.strerror or 'unknown reason').lower()}).") from error


def merge(pages: list[FeedPage]) -> Feed:
    """All items of all pages under the first page's channel, in order; an item that stands on two pages counts once."""
    feeds = [read_feed(page.data, page.charset) for page in pages]
    items = list(feeds[0].items)
    known = {item.identity for item in items}
    for feed in feeds[1:]:
        fresh = [item for item in feed.items if item.identity not in known]
        known.update(item.identity for item in fresh)
        items.extend(fresh)
    mended = dict.fromkeys(sentence for feed in feeds for sentence in feed.mended)
    unread: Counter[str] = Counter()
    for feed in feeds:
        unread.update(dict(feed.unread))
    return replace(feeds[0], items=tuple(items), mended=tuple(mended), unread=tuple(sorted(unread.items())))


def _with_next(pages: list[FeedPage]) -> list[FeedPage]:
    seen = {page.url for page in pages}
    count, size = 0, 0
    while True:
        feed = read_feed(pages[-1].data, pages[-1].charset)
        count += len(feed.items)
        size += len(pages[-1].data)
        if not feed.show.next_url:
            return pages
        onward = urljoin(pages[-1].url or feed.show.self_url, feed.show.next_url)
        if onward in seen or not feed.items:
            return pages  # a feed that leads back to itself has been read whole
        if len(pages) >= MOST_PAGES or count > MOST_ITEMS or size > MOST_FEED_BYTES:
            raise FeedError(f"This feed has more than {len(pages)} pages; that is more than any podcast needs.")
        seen.add(onward)
        pages.append(_fetch(onward))


def _fetch(url: str) -> FeedPage:
    answer = outgoing.request("GET", url, headers=_ACCEPT, most_bytes=MOST_FEED_BYTES, timeout_seconds=60)
    if not answer.ok:
        raise OutgoingError(f"{outgoing.shown(url)} answered {answer.status} instead of a feed. Check the address.")
    return FeedPage(answer.body, answer.charset, answer.url)
