"""One episode as an <item>: the bytes of it, the same for the same values."""

import base64

from publishing.rss.extensions import rfc2822
from publishing.rss.forms import Tags, add
from publishing.rss.notes import content_html, description
from publishing.rss.records import Addresses, Item, Person, Small
from publishing.rss.shared_tags import add_image, add_licence, add_place
from publishing.rss.stationery import Stationery, written

HOST_ROLES = frozenset({"Host", "Co-Host", "Guest Host"})


def item_bytes(item: Item, notes: str, stationery: Stationery) -> bytes:
    """The <item> in UTF-8, to stand in a channel that declares PREFIXES. `notes` is the show notes' HTML."""
    return b"".join(
        (
            b"<item>",
            stationery.filled(_tags(item, notes, stationery.addresses)),
            stationery.chapters(item.chapters),
            written(_further_tags(item, stationery.addresses)),
            *[stationery.person(person) for person in people_of(item.people, stationery.hosts)],
            stationery.common(item),
            b"</item>",
        )
    )


def _tags(item: Item, notes: str, addresses: Addresses) -> Tags:
    """What is the item's own, in the order of stationery.filled()."""
    title = item.title or item.slug
    tags: Tags = ["title", title, "link", addresses.episode_page(item.slug), "description", description(item, notes)]
    if content := content_html(item, notes):
        tags += ("content:encoded", content)
    if item.guid:
        tags += ("guid", item.guid, "@isPermaLink", "true" if item.guid_is_permalink else "false")
    for topic in item.topics:
        tags += ("category", topic)
    tags += ("enclosure", "", "@url", addresses.enclosure(item))
    tags += ("@length", str(item.audio_bytes), "@type", item.audio_mime)
    # Titles hold no number and no name of the show, which is all that itunes:title asks for.
    tags += ("pubDate", rfc2822(item.published_s), "itunes:title", title)
    # Apps show seconds; a file of half a second still lasts one.
    tags += ("itunes:duration", str(max(1, round(item.duration_ms / 1000))))
    _number(tags, item)
    if item.cover.name:
        tags += ("itunes:image", "", "@href", addresses.picture(item.cover.name))
    _podcasting(tags, item)
    add_image(tags, item.cover, addresses)
    return tags


def people_of(people: tuple[Person, ...], hosts: tuple[Person, ...]) -> tuple[Person, ...]:
    """An item's list replaces the channel's whole list: the show's hosts are repeated where no host is named."""
    if not people or any(person.role in HOST_ROLES for person in people):
        return people
    return (*hosts, *people)


def _number(tags: Tags, item: Item) -> None:
    if item.season_number:
        tags += ("itunes:season", str(item.season_number))
    if item.number:  # E00 has the number 0, which Apple does not know
        tags += ("itunes:episode", str(item.number))


def _podcasting(tags: Tags, item: Item) -> None:
    if item.season_number:
        add(tags, "podcast:season", str(item.season_number), name=item.season_name)
    if item.number is not None:
        add(tags, "podcast:episode", str(item.number), display=item.display_number)
    add_place(tags, item.place)
    add_licence(tags, item.licence, item.licence_url)
    if item.social_protocol == "disabled":
        add(tags, "podcast:socialInteract", protocol="disabled")
    elif item.social_protocol and item.social_uri:
        add(tags, "podcast:socialInteract", protocol=item.social_protocol, uri=item.social_uri)


def _further_tags(item: Item, addresses: Addresses) -> Tags:
    """What few items have: the passages worth hearing first, another file of the same sound."""
    tags: Tags = []
    for bite in item.soundbites:
        duration = seconds(bite.duration_ms or 0)
        add(tags, "podcast:soundbite", bite.title, startTime=seconds(bite.start_ms), duration=duration)
    if item.small is not None:
        _alternate(tags, item, item.small, addresses)
    return tags


def seconds(ms: int) -> str:
    """12, or 12.5: as the namespace writes times."""
    return str(ms // 1000) if ms % 1000 == 0 else f"{ms / 1000:.3f}".rstrip("0")


def _alternate(tags: Tags, item: Item, small: Small, addresses: Addresses) -> None:
    """Where there is a smaller file, apps are offered both, each with its digest: a cut download shows itself."""
    add(
        tags,
        "podcast:alternateEnclosure",
        type=item.audio_mime,
        length=item.audio_bytes,
        bitrate=item.bitrate_bps,
        default="true",
    )
    _source(tags, addresses.enclosure(item), item.audio_sha256)
    add(
        tags,
        "podcast:alternateEnclosure",
        type=small.mime,
        codecs=small.codecs,
        length=small.audio_bytes,
        bitrate=small.bitrate_bps,
        title=small.title,
    )
    _source(tags, addresses.small_audio(item.slug, small), small.audio_sha256)


def _source(tags: Tags, address: str, sha256: str) -> None:
    add(tags, "/podcast:source", uri=address)
    try:
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    except ValueError:  # nothing to promise about these bytes
        return
    add(tags, "/podcast:integrity", type="sri", value=f"sha256-{digest}")
