"""Our own feed as apps get it, page by page, for those who compare it or take it along."""

from publishing.feed import cache as feed_cache
from publishing.rss.feed_shapes import Feed
from publishing.rss.reader import read_feed

MOST_PAGES = 10_000


def own_pages(slug: str) -> list[bytes]:
    """The bytes of every page of the show's feed; empty when it has none. Raises feed_cache.Unavailable."""
    pages: list[bytes] = []
    while len(pages) < MOST_PAGES and (found := feed_cache.find(slug, len(pages) + 1)) is not None:
        pages.append(found.held.body.content)
    return pages


def own_feed(slug: str) -> Feed | None:
    """What our feed says, all pages as one; None when there is none."""
    pages = [read_feed(page) for page in own_pages(slug)]
    if not pages:
        return None
    return Feed(pages[0].show, tuple(item for page in pages for item in page.items))
