"""A small feed of another host, and a whole move of it, for tests."""

from episodes.models import FeedImport
from publishing.importing.running import open_move, work
from publishing.importing.sources import FeedPage


def move_in(data: bytes, url: str = "https://old.example/feed") -> FeedImport:
    move, _ = open_move(url, [FeedPage(data, "", url)])
    FeedImport.objects.filter(pk=move.pk).update(state=FeedImport.State.RUNNING)
    assert work(move.pk) is True
    move.refresh_from_db()
    return move


def feed_with(items: str, channel: str = "", place: str = "old.example") -> bytes:
    return (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>A show</title>'
        f"<description>About.</description><language>en</language>{channel}{items}</channel></rss>"
    ).encode()


def item_with(guid: str, place: str, extra: str = "", audio: str = "a.mp3") -> str:
    return (
        f"<item><title>Item {guid}</title><guid isPermaLink='false'>{guid}</guid>"
        f"<pubDate>Wed, 15 Jan 2025 19:00:00 +0000</pubDate><description>What {guid} is about.</description>"
        f"<enclosure url='http://{place}/{audio}' length='1' type='audio/mpeg'/>{extra}</item>"
    )
