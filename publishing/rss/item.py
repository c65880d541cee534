"""One episode as an <item>: the bytes of it, the same for the same values."""

import base64
from functools import lru_cache, partial
from xml.sax.saxutils import escape

from feedgen.entry import FeedEntry
from lxml import etree

from episodes.timecode import format_npt
from publishing.rss.extensions import ItemTags, inner_bytes, rfc2822, write
from publishing.rss.names import (
    CHAPTERS_TYPE,
    PREFIXES,
    TIMED_TRANSCRIPTS,
    TRANSCRIPT_TYPES,
    UNTIMED_TRANSCRIPTS,
)
from publishing.rss.notes import content_html, description
from publishing.rss.records import SLUG_MARK, Addresses, Item, Person, Words
from publishing.rss.shared_tags import write_image, write_licence, write_person, write_place

HOST_ROLES = frozenset({"Host", "Co-Host", "Guest Host"})


def item_bytes(item: Item, notes: str, hosts: tuple[Person, ...], addresses: Addresses) -> bytes:
    """The <item> in UTF-8, to stand in a channel that declares PREFIXES. `notes` is the show notes' HTML."""
    common = _common_bytes(item.explicit, item.kind, bool(item.chapters), item.transcripts, addresses)
    return b"".join(
        (
            b"<item>",
            inner_bytes(_entry(item, notes, addresses).rss_entry()),
            *(_person_bytes(person, addresses) for person in people_of(item.people, hosts)),
            common.replace(SLUG_MARK.encode(), escape(item.slug, {'"': "&quot;"}).encode()),
            b"</item>",
        )
    )


# Most of a feed's elements are the same in many of its items, or would be but for the slug in an address: they are
# written once, and cost half of a feed otherwise.
@lru_cache(maxsize=1000)
def _person_bytes(person: Person, addresses: Addresses) -> bytes:
    parent = _item_element()
    write_person(parent, person, addresses)
    return inner_bytes(parent)


@lru_cache(maxsize=1000)
def _common_bytes(
    explicit: bool, kind: str, has_chapters: bool, transcripts: tuple[Words, ...], addresses: Addresses
) -> bytes:
    """With SLUG_MARK where the item's slug is to stand."""
    parent = _item_element()
    write(parent, "itunes:explicit", "true" if explicit else "false")
    write(parent, "itunes:episodeType", kind)
    for words in transcripts:
        for extension in TIMED_TRANSCRIPTS if words.has_times else UNTIMED_TRANSCRIPTS:
            write(
                parent,
                "podcast:transcript",
                url=addresses.transcript_file(SLUG_MARK, extension, words.language),
                type=TRANSCRIPT_TYPES[extension],
                language=words.language,
                rel="captions" if extension == "vtt" else None,
            )
    if has_chapters:
        write(parent, "podcast:chapters", url=addresses.chapters_json(SLUG_MARK), type=CHAPTERS_TYPE)
    return inner_bytes(parent)


def _item_element() -> etree._Element:
    return etree.SubElement(etree.Element("channel", nsmap=PREFIXES), "item")


def _entry(item: Item, notes: str, addresses: Addresses) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("tags", ItemTags, atom=False, rss=True)
    page = addresses.episode_page(item.slug)
    entry.title(item.title or item.slug)
    entry.link(href=page)
    entry.description(description(item, notes))
    if content := content_html(item, notes):
        entry.content(content, type="CDATA")
    entry.guid(item.guid, permalink=item.guid_is_permalink)
    for topic in item.topics:
        entry.category(term=topic)
    entry.enclosure(addresses.enclosure(item), str(item.audio_bytes), item.audio_mime)
    entry.tags.writer = partial(_write_tags, item=item, addresses=addresses)
    return entry


def _write_tags(parent: etree._Element, item: Item, addresses: Addresses) -> None:
    # In a channel that has the usual prefixes the elements need none of their own.
    etree.Element("channel", nsmap=PREFIXES).append(parent)
    write(parent, "pubDate", rfc2822(item.published_s))
    _itunes(parent, item, addresses)
    _podcasting(parent, item, addresses)
    _spoken(parent, item, addresses)
    _alternate(parent, item, addresses)


def _itunes(parent: etree._Element, item: Item, addresses: Addresses) -> None:
    # Titles hold no number and no name of the show, which is all that this tag asks for.
    write(parent, "itunes:title", item.title or item.slug)
    # Apps show seconds; a file of half a second still lasts one.
    write(parent, "itunes:duration", str(max(1, round(item.duration_ms / 1000))))
    if item.season_number:
        write(parent, "itunes:season", str(item.season_number))
    if item.number:  # E00 has the number 0, which Apple does not know
        write(parent, "itunes:episode", str(item.number))
    if item.cover.name:
        write(parent, "itunes:image", href=addresses.picture(item.cover.name))


def _podcasting(parent: etree._Element, item: Item, addresses: Addresses) -> None:
    if item.season_number:
        write(parent, "podcast:season", str(item.season_number), name=item.season_name)
    if item.number is not None:
        write(parent, "podcast:episode", str(item.number), display=item.display_number)
    write_place(parent, item.place)
    write_licence(parent, item.licence, item.licence_url)
    if item.social_protocol == "disabled":
        write(parent, "podcast:socialInteract", protocol="disabled")
    elif item.social_protocol and item.social_uri:
        write(parent, "podcast:socialInteract", protocol=item.social_protocol, uri=item.social_uri)
    write_image(parent, item.cover, addresses)


def people_of(people: tuple[Person, ...], hosts: tuple[Person, ...]) -> tuple[Person, ...]:
    """An item's list replaces the channel's whole list: the show's hosts are repeated where no host is named."""
    if not people or any(person.role in HOST_ROLES for person in people):
        return people
    return (*hosts, *people)


def _spoken(parent: etree._Element, item: Item, addresses: Addresses) -> None:
    """The chapters and the passages worth hearing first."""
    if item.chapters:
        simple_chapters = write(parent, "psc:chapters", version="1.2")
        for mark in item.chapters:
            chapter = write(simple_chapters, "psc:chapter")
            # One by one: of these there are most.
            chapter.set("start", format_npt(mark.start_ms))
            if mark.title:
                chapter.set("title", mark.title)
            if mark.link:
                chapter.set("href", mark.link)
            if mark.image:
                chapter.set("image", addresses.picture(mark.image))
    for bite in item.soundbites:
        duration = seconds(bite.duration_ms or 0)
        write(parent, "podcast:soundbite", bite.title, startTime=seconds(bite.start_ms), duration=duration)


def seconds(ms: int) -> str:
    """12, or 12.5: as the namespace writes times."""
    return str(ms // 1000) if ms % 1000 == 0 else f"{ms / 1000:.3f}".rstrip("0")


def _alternate(parent: etree._Element, item: Item, addresses: Addresses) -> None:
    """Where there is a smaller file, apps are offered both, each with its digest: a cut download shows itself."""
    if item.small is None:
        return
    main = write(
        parent,
        "podcast:alternateEnclosure",
        type=item.audio_mime,
        length=item.audio_bytes,
        bitrate=item.bitrate_bps,
        default="true",
    )
    _source(main, addresses.enclosure(item), item.audio_sha256)
    small = write(
        parent,
        "podcast:alternateEnclosure",
        type=item.small.mime,
        codecs=item.small.codecs,
        length=item.small.audio_bytes,
        bitrate=item.small.bitrate_bps,
        title=item.small.title,
    )
    _source(small, addresses.small_audio(item.slug, item.small), item.small.audio_sha256)


def _source(alternate: etree._Element, address: str, sha256: str) -> None:
    write(alternate, "podcast:source", uri=address)
    try:
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    except ValueError:  # nothing to promise about these bytes
        return
    write(alternate, "podcast:integrity", type="sri", value=f"sha256-{digest}")
