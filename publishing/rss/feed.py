"""A show's feed built from its rows: only what changed since the last build is written anew."""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedgen.version
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.signals import setting_changed
from django.urls import reverse

from downloads.delivery.patience import LONG_SECONDS, patience
from episodes import plaintext, shownotes, timecode
from publishing.rss import channel as channel_writer
from publishing.rss.channel import PageLinks, channel_bytes
from publishing.rss.feed_file import About, FeedFile, ReadyItem, cut_pages
from publishing.rss.item import item_bytes
from publishing.rss.notes import notes_html
from publishing.rss.records import Addresses, Channel
from publishing.rss.rows import ItemRow, read_channel, read_items
from publishing.rss.stationery import Stationery

logger = logging.getLogger(__name__)

# Apps fetch the whole feed every hour or so: beyond this it is cut into pages.
MOST_PAGE_BYTES = 1_000_000
# Room for the head, whose size the paging must not depend on.
_HEAD_ROOM_BYTES = 10_000


def build(show_id: int, stamp: int, newest_us: int, now: datetime, before: FeedFile | None = None) -> FeedFile | None:
    """The feed of a show at `now` (aware); None when there is no such show. Two queries.

    `before` is an earlier build: its items are taken over where nothing of them has changed, and where an item cannot
    be written, which is logged. `stamp` and `newest_us` are the state of the rows, read before this call.
    """
    with patience(LONG_SECONDS):
        channel = read_channel(show_id, now)
        if channel is None:
            return None
        addresses = addresses_of(channel.slug)
        context = context_of(channel, addresses)
        usable = before.items if before and before.about.context == context else ()
        earlier = {item.fingerprint: item for item in usable}
        notes = _notes(before)
        rows = read_items(show_id, now, earlier, notes)
    items = _items(rows, earlier, notes, before, channel.slug, Stationery(channel.hosts, addresses))
    pages = cut_pages((len(item.content) + 1 for item in items), channel.feed_limit, MOST_PAGE_BYTES - _HEAD_ROOM_BYTES)
    newest_s = items[0].published_s if items else None
    written = [
        channel_bytes(channel, newest_s, addresses, PageLinks(number, len(pages)))
        for number in range(1, len(pages) + 1)
    ]
    about = About(
        show_id=show_id,
        slug=channel.slug,
        stamp=stamp,
        newest_us=newest_us,
        release=release(),
        context=context,
        moved_to=channel.moved_to,
    )
    feed = FeedFile(about, items, pages, [head for head, _ in written], written[0][1])
    return replace(feed, about=replace(about, mark=_mark(feed)))


def _mark(feed: FeedFile) -> str:
    """Of all that the first page's bytes are made from: counted in no time, which hashing the bytes is not."""
    fingerprints = [item.fingerprint for item in feed.items[: feed.pages[0]]]
    return _digest("\n".join([feed.about.context, *fingerprints]).encode() + feed.heads[0])


def _notes(before: FeedFile | None) -> dict[str, ReadyItem]:
    """The earlier items by the mark of the Markdown their notes were made of, where this code would make the same."""
    release = notes_release()
    items = before.items if before else ()
    return {item.notes_mark.removeprefix(release): item for item in items if item.notes_mark.startswith(release)}


def _items(
    rows: list[ItemRow],
    earlier: dict[str, ReadyItem],
    notes: dict[str, ReadyItem],
    before: FeedFile | None,
    slug: str,
    stationery: Stationery,
) -> list[ReadyItem]:
    items = []
    for row in rows:
        ready = earlier.get(row.fingerprint)
        if ready is None or row.values is not None:
            ready = _ready(row, notes, before, slug, stationery)
        if ready is not None:
            items.append(ready)
    return items


def _ready(
    row: ItemRow, notes: dict[str, ReadyItem], before: FeedFile | None, slug: str, stationery: Stationery
) -> ReadyItem | None:
    try:
        return write_item(row, notes, stationery)
    except Exception:
        # One episode that cannot be written must not take the feed down, nor leave it when it was there.
        logger.exception('Episode %s of the feed "%s" cannot be written.', row.id, slug)
        return next((item for item in before.items if item.id == row.id), None) if before else None


def write_item(row: ItemRow, notes: dict[str, ReadyItem], stationery: Stationery) -> ReadyItem:
    """The item as bytes; `notes` are earlier items by their notes' mark, whose HTML is taken over."""
    item = row.item
    assert item is not None, "only items of a known fingerprint come without values"
    known = notes.get(row.notes_mark)
    html = known.notes if known else notes_html(item.show_notes or "").replace("]]>", "]]&gt;")
    size = known.notes_bytes if known else len(html.encode())
    mark = notes_release() + row.notes_mark if size else ""
    return ReadyItem(row.id, row.published_s, row.fingerprint, item_bytes(item, html, stationery), mark, size)


def addresses_of(slug: str) -> Addresses:
    """The show's addresses, absolute, with marks in place of what is each episode's own."""

    def absolute(path: str, *marks: tuple[str, str]) -> str:
        for word, mark in marks:
            before, _, after = path.rpartition(word)
            path = f"{before}{{{mark}}}{after}"
        return settings.SITE_URL + path if path.startswith("/") else path

    episode = ("an-episode", "slug")
    return Addresses(
        feed=absolute(reverse("publishing:feed", args=[slug])),
        show=absolute(reverse("publishing:show", args=[slug])),
        episode=absolute(reverse("publishing:episode", args=[slug, "an-episode"]), episode),
        audio=absolute(
            reverse("downloads:audio", args=[slug, "an-episode", "00000000", "mp3"]),
            ("mp3", "ext"),
            ("00000000", "sha8"),
            episode,
        ),
        chapters=absolute(reverse("publishing:chapters", args=[slug, "an-episode"]), episode),
        transcript=absolute(
            reverse("publishing:transcript_file", args=[slug, "an-episode", "vtt"]), ("vtt", "ext"), episode
        ),
        speaker=absolute(reverse("publishing:speaker", args=["a-speaker"]), ("a-speaker", "slug")),
        media=absolute(default_storage.url("a-picture"), ("a-picture", "name")),
        hub=settings.WEBSUB_HUB_URL,
    )


def context_of(channel: Channel, addresses: Addresses) -> str:
    """What an item holds besides its own row: where the site is, who hosts the show, and the code that writes it."""
    return _digest(repr((release(), addresses, channel.hosts)).encode("utf-8", "surrogatepass"))


@cache
def release() -> str:
    """The mark of the code and the settings that feeds are made by."""
    return _release_with(settings.SITE_URL, settings.WEBSUB_HUB_URL, settings.MEDIA_URL)


def _forget_release(**_: Any) -> None:
    """Settings change in tests only."""
    release.cache_clear()


setting_changed.connect(_forget_release)


@cache
def _release_with(*chosen: str) -> str:
    folder = Path(str(channel_writer.__file__)).parent
    sources = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    sources += [Path(str(timecode.__file__)).read_bytes(), notes_release().encode(), repr(chosen).encode()]
    return _digest(b"\0".join(sources))


@cache
def notes_release() -> str:
    """The mark of the code that makes HTML of the notes."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (shownotes, plaintext)]
    return _digest(b"\0".join([*sources, feedgen.version.version_full_str.encode()]))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
