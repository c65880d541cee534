"""The names by which shows and episodes are known: podcast:guid and slugs."""

import re
import unicodedata
import uuid
from collections.abc import Container

from episodes.reserved import SHOW_WORDS, SITE_WORDS

# The namespace the Podcasting 2.0 specification gives for podcast:guid.
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")

LONGEST_SLUG = 120

# Reserved at every depth, so that a word never has to be given back when an address moves.
RESERVED_SLUGS = SITE_WORDS | SHOW_WORDS

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class SlugError(ValueError):
    """The slug cannot stand in an address; the message says why to a producer."""


def podcast_guid(feed_url: str) -> str:
    """The podcast:guid of a feed address: made once, from the URL of that moment, and kept for life.

    The scheme and trailing slashes do not count; case and query do.
    Source: Podcasting 2.0 namespace, guid.
    """
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", feed_url.strip(), flags=re.IGNORECASE).rstrip("/")
    return str(uuid.uuid5(PODCAST_NAMESPACE, bare))


def check_slug(slug: str) -> None:
    """Raise SlugError unless the slug is lower-case ASCII words joined by single hyphens and not reserved."""
    if not _SLUG.fullmatch(slug):
        raise SlugError(
            f'"{slug[:80]}" cannot stand in an address. Use small letters a to z, digits and single hyphens, '
            f'such as "{propose_slug(slug)}".'
        )
    if len(slug) > LONGEST_SLUG:
        raise SlugError(f"This address has {len(slug)} letters. Shorten it to {LONGEST_SLUG} at most.")
    if slug in RESERVED_SLUGS:
        raise SlugError(f'"{slug}" is an address the site needs for itself. Choose another, such as "{slug}-1".')


def propose_slug(title: str, taken: Container[str] = frozenset(), fallback: str = "untitled", longest: int = 50) -> str:
    """A free, valid slug for a title; "-2", "-3" … is added while it is taken or reserved.

    Accents are dropped; letters without a Latin base are left out, and the fallback stands in for nothing.
    """
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss").replace("&", " and "))
    plain = plain.encode("ascii", "ignore").decode().lower().replace("'", "")
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(base) > longest - 5:
        base = base[: longest - 5].rsplit("-", 1)[0].strip("-")
    base = base or fallback
    slug, count = base, 1
    while slug in taken or slug in RESERVED_SLUGS:
        count += 1
        slug = f"{base}-{count}"
    return slug
