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


class Trail:
    """How far a feed of several pages (RFC 5005) has been read: where it goes on, until it ends or grows too long."""

    def __init__(self) -> None:
        self.pages = self.items = self._bytes = 0
        self._seen: set[str] = set()

    def take(self, page: FeedPage) -> str:
        """Note a page; the address of the next one, "" after the last. Raises FeedError."""
        feed = read_feed(page.data, page.charset)
        if not self.pages:
            self._seen.add(page.url)
        self.pages += 1
        self.items += len(feed.items)
        self._bytes += len(page.data)
        if not feed.show.next_url:
            return ""
        onward = urljoin(page.url or feed.show.self_url, feed.show.next_url)
        if onward in self._seen or not feed.items:
            return ""  # a feed that leads back to itself has been read whole
        if self.pages >= MOST_PAGES or self.items > MOST_ITEMS or self._bytes > MOST_FEED_BYTES:
            raise FeedError(f"This feed has more than {self.pages} pages; that is more than any podcast needs.")
        self._seen.add(onward)
        return onward


def fetch_pages(url: str) -> list[FeedPage]:
    """The feed at an address with all its further pages. Raises OutgoingError and FeedError."""
    return _to_the_end(fetch_page(url))


def file_pages(data: bytes) -> list[FeedPage]:
    """A feed file, with the further pages it names. Raises as fetch_pages."""
    return _to_the_end(FeedPage(data))


def fetch_page(url: str) -> FeedPage:
    """One page. Raises OutgoingError."""
    answer = outgoing.request("GET", url, headers=_ACCEPT, most_bytes=MOST_FEED_BYTES, timeout_seconds=60)
    if not answer.ok:
        raise OutgoingError(f"{outgoing.shown(url)} answered {answer.status} instead of a feed. Check the address.")
    return FeedPage(answer.body, answer.charset, answer.url)


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


def _to_the_end(first: FeedPage) -> list[FeedPage]:
    pages, trail = [first], Trail()
    while onward := trail.take(pages[-1]):
        pages.append(fetch_page(onward))
    return pages
