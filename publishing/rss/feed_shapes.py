"""What a podcast feed says, in shapes that hold it until it is stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedEnclosure:
    """`length` is what the feed says, in bytes; None when it says nothing sensible."""

    url: str
    length: int | None
    mime: str


@dataclass(frozen=True, slots=True)
class FeedPerson:
    """Role and group as written; the namespace's defaults (host, cast) stand in for missing ones."""

    name: str
    role: str = "host"
    group: str = "cast"
    href: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class FeedTranscript:
    url: str
    mime: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class FeedChapter:
    """A chapter inside the feed itself (Podlove); `start` in Normal Play Time, as written."""

    start: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class FeedChat:
    """Where listeners of the show talk."""

    server: str
    protocol: str
    account: str = ""
    space: str = ""


@dataclass(frozen=True, slots=True)
class FeedSoundbite:
    start_ms: int
    duration_ms: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class FeedPlace:
    name: str
    geo: str = ""
    osm: str = ""
    country: str = ""
    rel: str = "subject"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A URL with words: funding, a social post (label = its protocol), a remote feed (label = its guid)."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item. `guid` is exact, "" when the feed has none; HTML is as received, not cleaned.

    `alternates` are the same episode in other files than the enclosure, the default one first.
    """

    title: str
    guid: str
    guid_is_permalink: bool
    published_at: datetime | None
    published_text: str
    link: str
    description_html: str
    content_html: str
    summary: str
    enclosure: FeedEnclosure | None
    duration_ms: int | None
    explicit: bool | None
    kind: str
    season_number: int | None
    season_name: str
    number: int | None
    display_number: str
    image_url: str
    image_alt: str
    blocked: bool
    licence: str
    licence_url: str
    place: FeedPlace | None
    chapters_url: str
    transcripts: tuple[FeedTranscript, ...] = ()
    chapters: tuple[FeedChapter, ...] = ()
    persons: tuple[FeedPerson, ...] = ()
    soundbites: tuple[FeedSoundbite, ...] = ()
    social: tuple[FeedLink, ...] = ()
    alternates: tuple[FeedEnclosure, ...] = ()

    @property
    def identity(self) -> str:
        """What apps know the item by: its guid, or else the enclosure's URL (RSS profile), or else its link."""
        return self.guid or (self.enclosure.url if self.enclosure else "") or self.link


@dataclass(frozen=True, slots=True)
class FeedShow:
    """The channel. `categories` are (category, subcategory or ""), as written, in order; `trailers` URLs of audio."""

    title: str
    description_html: str
    summary: str
    link: str
    language: str
    author: str
    owner_name: str
    owner_email: str
    categories: tuple[tuple[str, str], ...]
    explicit: bool | None
    type: str
    image_url: str
    image_alt: str
    copyright: str
    guid: str
    locked: bool
    locked_owner: str
    medium: str
    licence: str
    licence_url: str
    complete: bool
    blocked: bool
    self_url: str
    next_url: str
    new_feed_url: str
    place: FeedPlace | None
    update_rule: str
    update_label: str
    uses_podping: bool
    publisher: FeedLink | None
    funding: tuple[FeedLink, ...] = ()
    persons: tuple[FeedPerson, ...] = ()
    texts: tuple[FeedLink, ...] = ()
    podroll: tuple[FeedLink, ...] = ()
    live_items: int = 0
    trailers: tuple[str, ...] = ()
    chat: FeedChat | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed or one page of it, items in file order; `mended` are sentences on what had to be put right.

    `unread` counts Podcasting 2.0 tags that say something no shape here holds, by name.
    """

    show: FeedShow
    items: tuple[FeedItem, ...]
    mended: tuple[str, ...] = ()
    unread: tuple[tuple[str, int], ...] = ()
