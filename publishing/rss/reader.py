"""Read any podcast feed: bytes in, what it says about a show and its items out."""

from collections import Counter
from dataclasses import replace

from publishing.rss.dates import parse_date, parse_duration_ms
from publishing.rss.feed_shapes import (
    Feed,
    FeedChapter,
    FeedChat,
    FeedEnclosure,
    FeedItem,
    FeedLink,
    FeedPerson,
    FeedPlace,
    FeedShow,
    FeedSoundbite,
    FeedTranscript,
)
from publishing.rss.foreign_xml import FeedError, parse_feed
from publishing.rss.tags import Node

MOST_ITEMS = 20_000
# The tags of Podcasting 2.0 that are read below. The others are counted, so that an import can say what it leaves out.
_READ_OF_ITEM = {
    f"podcast:{name}"
    for name in (
        "location person license image images season episode chapters transcript soundbite socialInteract"
    ).split()
}
_READ_OF_SHOW = _READ_OF_ITEM | {
    f"podcast:{name}"
    for name in (
        "guid locked funding medium txt podroll podping publisher block updateFrequency email liveItem chat"
    ).split()
}


def read_feed(data: bytes, charset: str = "") -> Feed:
    """Read a feed, tolerant of what hosts get wrong; `charset` is the HTTP answer's, if it named one.

    Namespaces are known by every spelling in use, GUIDs are exact. Raises FeedError, in words, for what is no feed.
    """
    root, mended = parse_feed(data, charset)
    node = Node(root)
    if node.name.startswith("atom:"):
        raise FeedError("This is an Atom feed. Podcasts are RSS: look for the show's RSS address.")
    channel = node if node.name == "channel" else node.first("channel")
    if channel is None:
        raise FeedError(f"This XML is no podcast feed: it begins with <{node.name}> and has no channel.")
    found = channel.all("item") or node.all("item")  # RSS 1.0 puts items beside the channel
    if len(found) > MOST_ITEMS:
        raise FeedError(f"This feed has {len(found)} items; {MOST_ITEMS} are the limit.")
    show, items = _show(channel), [_item(item) for item in found]
    unread = _unread(channel, found)
    unread["podcast:trailer"] -= _mark_trailers(items, show.trailers)
    return Feed(show, tuple(items), tuple(mended), tuple(sorted((+unread).items())))


def _mark_trailers(items: list[FeedItem], trailers: tuple[str, ...]) -> int:
    """Items whose audio the channel names as a trailer are trailers, where they do not say what they are themselves.

    How many of the channel's trailers are items.
    """
    heard: set[str] = set()
    for position, item in enumerate(items):
        if item.enclosure and item.enclosure.url in trailers:
            heard.add(item.enclosure.url)
            if not item.kind:
                items[position] = replace(item, kind="trailer")
    return sum(url in heard for url in trailers)


def _show(channel: Node) -> FeedShow:
    owner = channel.first("itunes:owner")
    picture = channel.first("podcast:image", aspect="1/1")
    rule = channel.first("podcast:updateFrequency")
    locked = channel.first("podcast:locked")
    publisher = channel.first("podcast:publisher")
    licence = channel.first("podcast:license")
    blocks = [block for block in channel.all("podcast:block") if not block.get("id")]
    return FeedShow(
        title=channel.text("title", "itunes:title"),
        description_html=channel.text("description", "itunes:summary"),
        summary=channel.text("itunes:summary", "itunes:subtitle"),
        link=channel.text("link"),
        language=channel.text("language", "dc:language"),
        author=channel.text("itunes:author", "googleplay:author", "author", "dc:creator"),
        owner_name=owner.text("itunes:name") if owner else "",
        owner_email=(owner.text("itunes:email") if owner else "") or channel.text("googleplay:email", "podcast:email"),
        categories=_categories(channel),
        explicit=_explicit(channel),
        type=channel.text("itunes:type").lower(),
        image_url=_image(channel),
        image_alt=picture.get("alt") if picture else "",
        copyright=channel.text("copyright", "dc:rights"),
        guid=channel.text("podcast:guid"),
        locked=locked is not None and locked.own_text.lower() in ("yes", "true"),
        locked_owner=(locked.get("owner") or locked.get("email")) if locked else "",
        medium=channel.text("podcast:medium").lower(),
        licence=licence.own_text if licence else "",
        licence_url=licence.get("url") if licence else "",
        complete=channel.text("itunes:complete").lower() == "yes",
        blocked=channel.text("itunes:block").lower() == "yes" or any(b.own_text.lower() == "yes" for b in blocks),
        self_url=_atom_link(channel, "self"),
        next_url=_atom_link(channel, "next") or _atom_link(channel, "prev-archive"),
        new_feed_url=channel.text("itunes:new-feed-url"),
        place=_place(channel, "creator"),
        update_rule=rule.get("rrule") if rule else "",
        update_label=rule.own_text if rule else "",
        uses_podping=any(ping.get("usesPodping").lower() == "true" for ping in channel.all("podcast:podping")),
        publisher=_remote(publisher.first("podcast:remoteItem")) if publisher else None,
        funding=tuple(FeedLink(link.get("url"), link.own_text) for link in channel.all("podcast:funding")),
        persons=_persons(channel),
        texts=tuple(FeedLink(text.own_text, text.get("purpose")) for text in channel.all("podcast:txt")),
        podroll=tuple(
            link
            for roll in channel.all("podcast:podroll")
            for item in roll.all("podcast:remoteItem")
            if (link := _remote(item)) is not None
        ),
        live_items=len(channel.all("podcast:liveItem")),
        trailers=tuple(trailer.get("url") for trailer in channel.all("podcast:trailer") if trailer.get("url")),
        chat=_chat(channel.first("podcast:chat")),
    )


def _unread(channel: Node, items: list[Node]) -> Counter[str]:
    """How often each tag of Podcasting 2.0 stands there unread; of some only what a show says is read."""
    unread = Counter(name for name in channel.names if name.startswith("podcast:") and name not in _READ_OF_SHOW)
    for item in items:
        for name in item.names:
            if name.startswith("podcast:") and name not in _READ_OF_ITEM:
                unread[f"{name} of an episode" if name in _READ_OF_SHOW else name] += 1
        unread["podcast:alternateEnclosure"] -= len(_alternates(item))
    return unread


def _item(item: Node) -> FeedItem:
    guid = item.first("guid")
    licence = item.first("podcast:license")
    picture = item.first("podcast:image", aspect="1/1")
    chapters = item.first("podcast:chapters")
    seasons, numbers = item.first("podcast:season"), item.first("podcast:episode")
    published_text = item.text("pubDate", "dc:date", "atom:published")
    alternates = _alternates(item)
    enclosure = _enclosure(item) or next((one for one in alternates if one.mime.startswith("audio/")), None)
    display = numbers.get("display") if numbers else ""
    written = item.text("itunes:episode", "podcast:episode")
    number = _whole(written)
    return FeedItem(
        title=item.text("title", "itunes:title"),
        guid=guid.exact_text if guid is not None and guid.own_text else "",
        guid_is_permalink=guid is not None and guid.get("isPermaLink").lower() != "false",
        published_at=parse_date(published_text),
        published_text=published_text,
        link=item.text("link"),
        description_html=item.text("description"),
        content_html=item.text("content:encoded"),
        summary=item.text("itunes:summary", "itunes:subtitle"),
        enclosure=enclosure,
        duration_ms=parse_duration_ms(item.text("itunes:duration")),
        explicit=_explicit(item),
        kind=item.text("itunes:episodeType").lower(),
        season_number=_whole(item.text("itunes:season", "podcast:season")),
        season_name=seasons.get("name") if seasons else "",
        number=number,
        display_number=display or (written if number is None else ""),
        image_url=_image(item),
        image_alt=picture.get("alt") if picture else "",
        blocked=item.text("itunes:block").lower() == "yes",
        licence=licence.own_text if licence else "",
        licence_url=licence.get("url") if licence else "",
        place=_place(item, "subject"),
        chapters_url=chapters.get("url") if chapters else "",
        transcripts=tuple(
            FeedTranscript(t.get("url"), t.get("type").lower(), t.get("language"))
            for t in item.all("podcast:transcript")
            if t.get("url")
        ),
        chapters=tuple(
            FeedChapter(mark.get("start"), mark.get("title"), mark.get("href"))
            for group in item.all("psc:chapters")[:1]
            for mark in group.all("psc:chapter")
        ),
        persons=_persons(item),
        soundbites=tuple(_soundbites(item)),
        social=tuple(
            FeedLink(s.get("uri"), s.get("protocol").lower())
            for s in sorted(item.all("podcast:socialInteract"), key=lambda s: _whole(s.get("priority")) or 999)
        ),
        alternates=tuple(one for one in alternates if enclosure is None or one.url != enclosure.url),
    )


def _enclosure(item: Node) -> FeedEnclosure | None:
    """The first audio among the enclosures (a few hosts add pictures or a PDF), or else the first."""
    found = [e for e in item.all("enclosure") if e.get("url")]
    if not found:
        return None
    best = next((e for e in found if e.get("type").startswith("audio/")), found[0])
    return FeedEnclosure(best.get("url"), _whole(best.get("length")), best.get("type").lower())


def _alternates(item: Node) -> list[FeedEnclosure]:
    """The other files, each at the first address that can be fetched over the web; the default one first."""
    found = []
    for one in sorted(item.all("podcast:alternateEnclosure"), key=lambda one: one.get("default").lower() != "true"):
        addresses = (source.get("uri") for source in one.all("podcast:source"))
        if url := next((url for url in addresses if url.startswith(("http://", "https://"))), ""):
            found.append(FeedEnclosure(url, _whole(one.get("length")), one.get("type").lower()))
    return found


def _chat(chat: Node | None) -> FeedChat | None:
    if chat is None or not chat.get("server"):
        return None
    return FeedChat(chat.get("server"), chat.get("protocol").lower(), chat.get("accountId"), chat.get("space"))


def _categories(channel: Node) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for category in channel.all("itunes:category"):
        below = [sub.get("text") for sub in category.all("itunes:category")]
        found.extend((category.get("text"), sub) for sub in below or [""])
    return tuple(found)


def _explicit(node: Node) -> bool | None:
    said = node.text("itunes:explicit", "googleplay:explicit").lower()
    if said in ("yes", "true", "explicit"):
        return True
    return False if said in ("no", "false", "clean") else None


def _image(node: Node) -> str:
    for name in ("itunes:image", "googleplay:image"):
        if (picture := node.first(name)) is not None and (href := picture.get("href") or picture.own_text):
            return href
    artwork = node.first("podcast:image", aspect="1/1")
    if artwork is not None and artwork.get("href"):
        return artwork.get("href")
    plain = node.first("image")
    return plain.text("url") if plain is not None else ""


def _place(node: Node, wanted_rel: str) -> FeedPlace | None:
    places = [
        FeedPlace(p.own_text, p.get("geo"), p.get("osm"), p.get("country").upper(), p.get("rel") or "subject")
        for p in node.all("podcast:location")
    ]
    return next((place for place in places if place.rel == wanted_rel), places[0] if places else None)


def _persons(node: Node) -> tuple[FeedPerson, ...]:
    return tuple(
        FeedPerson(p.own_text, p.get("role") or "host", p.get("group") or "cast", p.get("href"), p.get("img"))
        for p in node.all("podcast:person")
        if p.own_text
    )


def _soundbites(item: Node) -> list[FeedSoundbite]:
    found = []
    for bite in item.all("podcast:soundbite"):
        start_ms, duration_ms = _seconds_ms(bite.get("startTime")), _seconds_ms(bite.get("duration"))
        if start_ms is not None and duration_ms:
            found.append(FeedSoundbite(start_ms, duration_ms, bite.own_text))
    return found


def _remote(node: Node | None) -> FeedLink | None:
    return FeedLink(node.get("feedUrl"), node.get("feedGuid")) if node is not None else None


def _atom_link(channel: Node, rel: str) -> str:
    return next((link.get("href") for link in channel.all("atom:link") if link.get("rel") == rel), "")


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _seconds_ms(text: str) -> int | None:
    try:
        ms = round(float(text) * 1000)
    except (ValueError, OverflowError):
        return None
    return ms if 0 <= ms < 400_000_000 else None
