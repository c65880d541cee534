"""One episode as an <item>: the bytes of it, the same for the same values."""

import base64

from feedgen.entry import FeedEntry
from lxml import etree

from episodes.timecode import format_npt
from publishing.rss.extensions import Add, ItemTags, Tag, rfc2822
from publishing.rss.names import (
    CHAPTERS_TYPE,
    PREFIXES,
    TIMED_TRANSCRIPTS,
    TRANSCRIPT_TYPES,
    UNTIMED_TRANSCRIPTS,
)
from publishing.rss.notes import content_html, description
from publishing.rss.records import Addresses, Item, Mark, Person
from publishing.rss.shared_tags import image_tag, licence_tag, person_attributes, place_tag

HOST_ROLES = frozenset({"Host", "Co-Host", "Guest Host"})


def item_bytes(item: Item, notes: str, hosts: tuple[Person, ...], addresses: Addresses) -> bytes:
    """The <item> in UTF-8, to stand in a channel that declares PREFIXES. `notes` is the show notes' HTML."""
    parent = etree.Element("channel", nsmap=PREFIXES)
    element = _entry(item, notes, hosts, addresses).rss_entry()
    # Appending gives the element the usual prefixes of its parent.
    parent.append(element)
    written = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    # Written alone it declares all namespaces anew; in the channel they hold already. No attribute here contains ">".
    return b"<item>" + written[written.index(b">") + 1 :]


def _entry(item: Item, notes: str, hosts: tuple[Person, ...], addresses: Addresses) -> FeedEntry:
    entry = FeedEntry()
    entry.register_extension("tags", ItemTags, atom=False, rss=True)
    add = entry.tags.add
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
    add("pubDate", rfc2822(item.published_s))
    _itunes(add, item, addresses)
    _podcasting(add, item, hosts, addresses)
    return entry


def _itunes(add: Add, item: Item, addresses: Addresses) -> None:
    # Apps show seconds; a file of half a second still lasts one.
    add("itunes:duration", str(max(1, round(item.duration_ms / 1000))))
    add("itunes:explicit", "true" if item.explicit else "false")
    add("itunes:episodeType", item.kind)
    if item.season_number:
        add("itunes:season", str(item.season_number))
    if item.number:  # E00 has the number 0, which Apple does not know
        add("itunes:episode", str(item.number))
    if item.cover.name:
        add("itunes:image", href=addresses.picture(item.cover.name))


def _podcasting(add: Add, item: Item, hosts: tuple[Person, ...], addresses: Addresses) -> None:
    if item.season_number:
        add("podcast:season", str(item.season_number), name=item.season_name)
    if item.number is not None:
        add("podcast:episode", str(item.number), display=item.display_number)
    for words in item.transcripts:
        for extension in TIMED_TRANSCRIPTS if words.has_times else UNTIMED_TRANSCRIPTS:
            add(
                "podcast:transcript",
                url=addresses.transcript_file(item.slug, extension, words.language),
                type=TRANSCRIPT_TYPES[extension],
                language=words.language,
                rel="captions" if extension == "vtt" else "",
            )
    if item.chapters:
        add("podcast:chapters", url=addresses.chapters_json(item.slug), type=CHAPTERS_TYPE)
        add("psc:chapters", children=simple_chapters(item.chapters, addresses), version="1.2")
    for bite in item.soundbites:
        add("podcast:soundbite", bite.title, startTime=seconds(bite.start_ms), duration=seconds(bite.duration_ms or 0))
    for person in people_of(item.people, hosts):
        add("podcast:person", person.name, **person_attributes(person, addresses))
    place_tag(add, item.place)
    licence_tag(add, item.licence, item.licence_url)
    if item.social_protocol == "disabled":
        add("podcast:socialInteract", protocol="disabled")
    elif item.social_protocol and item.social_uri:
        add("podcast:socialInteract", protocol=item.social_protocol, uri=item.social_uri)
    image_tag(add, item.cover, addresses)
    _alternate(add, item, addresses)


def people_of(people: tuple[Person, ...], hosts: tuple[Person, ...]) -> tuple[Person, ...]:
    """An item's list replaces the channel's whole list: the show's hosts are repeated where no host is named."""
    if not people or any(person.role in HOST_ROLES for person in people):
        return people
    return (*hosts, *people)


def simple_chapters(chapters: tuple[Mark, ...], addresses: Addresses) -> tuple[Tag, ...]:
    return tuple(
        Tag(
            "psc:chapter",
            start=format_npt(mark.start_ms),
            title=mark.title,
            href=mark.link,
            image=addresses.picture(mark.image) if mark.image else "",
        )
        for mark in chapters
    )


def seconds(ms: int) -> str:
    """12, or 12.5: as the namespace writes times."""
    return str(ms // 1000) if ms % 1000 == 0 else f"{ms / 1000:.3f}".rstrip("0")


def _alternate(add: Add, item: Item, addresses: Addresses) -> None:
    """The enclosure once more, as the place where its digest can stand: a cut download shows itself."""
    try:
        digest = base64.b64encode(bytes.fromhex(item.audio_sha256)).decode()
    except ValueError:  # nothing to promise about these bytes
        return
    add(
        "podcast:alternateEnclosure",
        children=(
            Tag("podcast:source", uri=addresses.enclosure(item)),
            Tag("podcast:integrity", type="sri", value=f"sha256-{digest}"),
        ),
        type=item.audio_mime,
        length=item.audio_bytes,
        bitrate=item.bitrate_bps,
        default="true",
    )
