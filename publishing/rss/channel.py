"""A show as the head of its feed: everything of a <channel> but the items."""

from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from episodes.categories import split_category
from publishing.rss.extensions import ChannelTags, rfc2822
from publishing.rss.forms import Tags, add
from publishing.rss.names import FEED_TYPE
from publishing.rss.notes import channel_description
from publishing.rss.records import Addresses, Channel
from publishing.rss.shared_tags import add_image, add_licence, add_person, add_place

GENERATOR = "coproduction-site"
# With the quotation marks that directories show; lxml writes the single ones.
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_END = b"</channel></rss>"


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where a page stands in a long feed: its number and how many there are (RFC 5005, paged feeds)."""

    number: int = 1
    last: int = 1


def channel_bytes(
    channel: Channel,
    newest_s: int | None,
    addresses: Addresses,
    links: PageLinks = PageLinks(),
) -> tuple[bytes, bytes]:
    """What stands before the items and what stands behind them; `newest_s` is the newest item's date.

    The same values give the same bytes: no date here is "now".
    """
    feed = FeedGenerator()
    feed.register_extension("tags", ChannelTags, atom=False, rss=True)
    title = channel.title or channel.slug
    feed.title(title)
    # feedgen takes its last link for the channel's own page.
    feed.link(href=addresses.page(links.number), rel="self", type=FEED_TYPE)
    feed.link(href=addresses.show, rel="alternate")
    feed.description(channel_description(channel.description) or title)
    feed.language(channel.language)
    feed.generator(GENERATOR)
    # feedgen's own date is the moment of writing, which would change the bytes each time.
    feed.lastBuildDate(datetime.fromtimestamp(max(channel.changed_s, newest_s or 0), UTC))
    if channel.copyright:
        feed.copyright(channel.copyright)
    if channel.cover.name:
        feed.image(url=addresses.picture(channel.cover.name), title=title, link=addresses.show)

    tags: Tags = []
    if newest_s is not None:
        add(tags, "pubDate", rfc2822(newest_s))
    _links(tags, addresses, links)
    _itunes(tags, channel, addresses)
    _podcasting(tags, channel, addresses)
    feed.tags.tags = tags
    written = feed.rss_str(xml_declaration=False)
    return _DECLARATION + written[: -len(_END)] + b"\n", b"\n" + _END + b"\n"


def _links(tags: Tags, addresses: Addresses, links: PageLinks) -> None:
    if addresses.hub:
        add(tags, "atom:link", rel="hub", href=addresses.hub)
    if links.last > 1:
        add(tags, "atom:link", rel="first", href=addresses.page(1), type=FEED_TYPE)
        if links.number > 1:
            # RFC 5005 says "previous"; readers of the Atom registry look for "prev".
            add(tags, "atom:link", rel="previous", href=addresses.page(links.number - 1), type=FEED_TYPE)
            add(tags, "atom:link", rel="prev", href=addresses.page(links.number - 1), type=FEED_TYPE)
        if links.number < links.last:
            add(tags, "atom:link", rel="next", href=addresses.page(links.number + 1), type=FEED_TYPE)
        add(tags, "atom:link", rel="last", href=addresses.page(links.last), type=FEED_TYPE)


def _itunes(tags: Tags, channel: Channel, addresses: Addresses) -> None:
    add(tags, "itunes:title", channel.title or channel.slug)
    add(tags, "itunes:author", channel.author or channel.title)
    if channel.owner_email:
        add(tags, "itunes:owner")
        add(tags, "/itunes:name", channel.owner_name or channel.author)
        add(tags, "/itunes:email", channel.owner_email)
    for name in (channel.category, channel.second_category):
        if name:
            category, sub = split_category(name)
            add(tags, "itunes:category", text=category)
            if sub:
                add(tags, "/itunes:category", text=sub)
    add(tags, "itunes:explicit", "true" if channel.explicit else "false")
    add(tags, "itunes:type", channel.type)
    if channel.cover.name:
        add(tags, "itunes:image", href=addresses.picture(channel.cover.name))
    # Only "Yes" does anything, and only here.
    if channel.blocked:
        add(tags, "itunes:block", "Yes")
    if channel.complete:
        add(tags, "itunes:complete", "Yes")
    if channel.moved_to:
        add(tags, "itunes:new-feed-url", channel.moved_to)


def _podcasting(tags: Tags, channel: Channel, addresses: Addresses) -> None:
    add(tags, "podcast:guid", channel.podcast_guid)
    add(tags, "podcast:locked", "yes" if channel.locked else "no", owner=channel.owner_email)
    add(tags, "podcast:medium", channel.medium)
    if channel.blocked:
        add(tags, "podcast:block", "yes")
    for url, label in channel.funding:
        add(tags, "podcast:funding", label, url=url)
    for person in channel.hosts:
        add_person(tags, person, addresses)
    add_place(tags, channel.place)
    add_licence(tags, channel.licence, channel.licence_url)
    add_image(tags, channel.cover, addresses)
    for trailer in channel.trailers:
        add(
            tags,
            "podcast:trailer",
            trailer.title[:128],
            url=addresses.enclosure(trailer),
            pubdate=rfc2822(trailer.published_s),
            length=trailer.audio_bytes,
            type=trailer.audio_mime,
            season=trailer.season_number,
        )
    for purpose, text in channel.texts:
        add(tags, "podcast:txt", text[:4000], purpose=purpose)
    if channel.podroll:
        add(tags, "podcast:podroll")
        for guid, url, title in channel.podroll:
            add(tags, "/podcast:remoteItem", feedGuid=guid, feedUrl=url, title=title)
    if channel.publisher_guid:
        add(tags, "podcast:publisher")
        add(
            tags,
            "/podcast:remoteItem",
            medium="publisher",
            feedGuid=channel.publisher_guid,
            feedUrl=channel.publisher_feed,
        )
    if channel.chat_server:
        add(
            tags,
            "podcast:chat",
            server=channel.chat_server,
            protocol=channel.chat_protocol,
            accountId=channel.chat_account,
            space=channel.chat_space,
        )
    if channel.update_label:
        add(
            tags,
            "podcast:updateFrequency",
            channel.update_label,
            rrule=channel.update_rule,
            dtstart=channel.update_starts,
            complete="true" if channel.complete else "",
        )
    if channel.uses_podping:
        add(tags, "podcast:podping", usesPodping="true")
