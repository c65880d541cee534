"""Tags that a show and an episode write in the same way."""

from episodes.roles import GROUP_OF_ROLE
from publishing.rss.extensions import Add
from publishing.rss.names import LICENCE_SLUGS
from publishing.rss.records import Addresses, Cover, Person, Place


def person_attributes(person: Person, addresses: Addresses) -> dict[str, str]:
    return {
        "role": person.role.lower(),
        "group": GROUP_OF_ROLE.get(person.role, "Cast").lower(),
        "img": addresses.picture(person.photo) if person.photo else "",
        "href": addresses.speaker_page(person.slug),
    }


def place_tag(add: Add, place: Place) -> None:
    if place.name:
        add("podcast:location", place.name[:128], rel="subject", geo=place.geo, osm=place.osm, country=place.country)


def licence_tag(add: Add, licence: str, url: str) -> None:
    """A licence of the list needs no address; any other is nothing without one."""
    slug = licence.strip().lower()
    if slug in LICENCE_SLUGS:
        add("podcast:license", slug, url=url)
    elif slug and url:
        add("podcast:license", licence.strip(), url=url)


def image_tag(add: Add, cover: Cover, addresses: Addresses) -> None:
    if cover.name:
        add(
            "podcast:image",
            href=addresses.picture(cover.name),
            alt=cover.alt,
            aspect_ratio="1/1",
            width=cover.width_px,
            type=cover.mime,
        )
