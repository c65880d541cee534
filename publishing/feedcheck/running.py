"""Checking a show's real feed and its newest episodes as directories and apps see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from episodes.audio.probe import AudioError, probe_audio
from episodes.filing import local_path
from episodes.models import Episode, Show
from episodes.timecode import format_clock
from publishing.feedcheck.fetching import LATE_MS, Ask, asker, check_artwork, check_item, fetch_feed
from publishing.feedcheck.rules import Finding, Need, check_feed, in_order
from publishing.rss.feed_shapes import Feed
from publishing.rss.foreign_xml import FeedError
from publishing.rss.reader import read_feed

# A check takes some seconds for each; what is older has been checked before.
EPISODES = 5


def check_show(show: Show, episodes: int = EPISODES, ask: Ask | None = None) -> list[Finding]:
    """What is wrong with the show's feed, MUST first; empty when nothing is.

    The feed and the parts of its newest `episodes` are fetched through the site, as an app fetches them.
    """
    ask = ask or asker(settings.SITE_URL)
    url = settings.SITE_URL + show.get_feed_url()
    content, found = fetch_feed(f"{url}?raw=1" if show.moved_to else url, ask)
    if not content:
        return found
    try:
        feed = read_feed(content)
    except FeedError as error:
        return [*found, Finding(Need.MUST, f"The feed cannot be read: {error}")]
    found.extend(check_feed(feed, url))
    found.extend(_artwork(show))
    if feed.show.image_url:
        found.extend(check_artwork(feed.show.image_url, "", ask))
    found.extend(_parts(show, feed, episodes, ask))
    return in_order(found)


def _artwork(show: Show) -> Iterator[Finding]:
    if show.artwork and show.artwork_width_px and not 1400 <= show.artwork_width_px <= 3000:
        yield Finding(
            Need.MUST,
            f"The cover is {show.artwork_width_px} pixels wide. Podcast apps need 1400 to 3000. Upload another.",
        )


def _parts(show: Show, feed: Feed, episodes: int, ask: Ask) -> Iterator[Finding]:
    newest = feed.items[:episodes]
    rows = {row.guid: row for row in Episode.objects.filter(show=show, guid__in=[item.guid for item in newest])}
    for item in newest:
        if item.image_url and item.image_url != feed.show.image_url:
            yield from check_artwork(item.image_url, item.title, ask)
        yield from check_item(item, ask)
        if row := rows.get(item.guid):
            yield from _length(row, item.duration_ms)


def _length(episode: Episode, said_ms: int | None) -> Iterator[Finding]:
    """The audio measured once more, by all its frames: a header may lie, and so may an imported feed."""
    try:
        with _on_this_machine(episode) as path:
            stored_bytes = path.stat().st_size
            measured_ms = probe_audio(path).duration_ms
    except (AudioError, OSError, ValueError) as error:
        yield Finding(Need.MUST, f"The audio cannot be read: {error}", episode.title)
        return
    if stored_bytes != episode.audio_bytes:
        yield Finding(
            Need.MUST,
            f"The stored file has {stored_bytes} bytes; the site says {episode.audio_bytes}. Upload it once more.",
            episode.title,
        )
    if abs(measured_ms - (said_ms or 0)) > LATE_MS:
        yield Finding(
            Need.MUST,
            f"The feed says that the episode lasts {format_clock(said_ms or 0)}; it lasts {format_clock(measured_ms)}. "
            "Upload the audio once more.",
            episode.title,
        )


@contextmanager
def _on_this_machine(episode: Episode) -> Iterator[Path]:
    try:
        yield Path(episode.audio.path)
    except NotImplementedError:  # a store elsewhere
        with local_path(episode.audio) as path:
            yield path
