"""Tags that a show and an episode write in the same way."""

from episodes.roles import GROUP_OF_ROLE
from publishing.rss.forms import Tags, add
from publishing.rss.names import LICENCE_SLUGS
from publishing.rss.records import Addresses, Cover, Person, Place


def add_person(tags: Tags, person: Person, addresses: Addresses) -> None:
    if not person.name.strip():
        return
    add(
        tags,
        "podcast:person",
        person.name,
        role=person.role.lower(),
        group=GROUP_OF_ROLE.get(person.role, "Cast").lower(),
        img=addresses.picture(person.photo) if person.photo else None,
        href=addresses.speaker_page(person.slug),
    )


def add_place(tags: Tags, place: Place) -> None:
    if place.name.strip():
        add(
            tags,
            "podcast:location",
            place.name[:128],
            rel="subject",
            geo=place.geo,
            osm=place.osm,
            country=place.country,
        )


def add_licence(tags: Tags, licence: str, url: str) -> None:
    """A licence of the list needs no address; any other is nothing without one."""
    slug = licence.strip().lower()
    if slug in LICENCE_SLUGS:
        add(tags, "podcast:license", slug, url=url)
    elif slug and url:
        add(tags, "podcast:license", licence.strip(), url=url)


def add_image(tags: Tags, cover: Cover, addresses: Addresses) -> None:
    if cover.name:
        add(
            tags,
            "podcast:image",
            href=addresses.picture(cover.name),
            alt=cover.alt,
            aspect_ratio="1/1",
            width=cover.width_px,
            type=cover.mime,
        )
