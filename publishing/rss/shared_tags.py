"""Tags that a show and an episode write in the same way."""

from lxml import etree

from episodes.roles import GROUP_OF_ROLE
from publishing.rss.extensions import write
from publishing.rss.names import LICENCE_SLUGS
from publishing.rss.records import Addresses, Cover, Person, Place


def write_person(parent: etree._Element, person: Person, addresses: Addresses) -> None:
    if not person.name.strip():
        return
    write(
        parent,
        "podcast:person",
        person.name,
        role=person.role.lower(),
        group=GROUP_OF_ROLE.get(person.role, "Cast").lower(),
        img=addresses.picture(person.photo) if person.photo else None,
        href=addresses.speaker_page(person.slug),
    )


def write_place(parent: etree._Element, place: Place) -> None:
    if place.name.strip():
        write(
            parent,
            "podcast:location",
            place.name[:128],
            rel="subject",
            geo=place.geo,
            osm=place.osm,
            country=place.country,
        )


def write_licence(parent: etree._Element, licence: str, url: str) -> None:
    """A licence of the list needs no address; any other is nothing without one."""
    slug = licence.strip().lower()
    if slug in LICENCE_SLUGS:
        write(parent, "podcast:license", slug, url=url)
    elif slug and url:
        write(parent, "podcast:license", licence.strip(), url=url)


def write_image(parent: etree._Element, cover: Cover, addresses: Addresses) -> None:
    if cover.name:
        write(
            parent,
            "podcast:image",
            href=addresses.picture(cover.name),
            alt=cover.alt,
            aspect_ratio="1/1",
            width=cover.width_px,
            type=cover.mime,
        )
