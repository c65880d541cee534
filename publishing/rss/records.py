"""What a feed is made of: a show and its items, as plain values ready to be written.

What there is thousands of is a tuple: made four times as fast as a frozen dataclass.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from episodes.audio.kinds import SMALL_EXTENSION

# Where an episode's slug comes in an address, and then in what is written with it.
SLUG_MARK = "{slug}"
# A feed writes the language of a transcript thousands of times.
_quoted = lru_cache(maxsize=256)(quote)


class Person(NamedTuple):
    """A person of the show or an episode; `photo` is a storage name, `slug` names the person's page."""

    name: str
    role: str
    slug: str
    photo: str = ""


class Place(NamedTuple):
    name: str = ""
    geo: str = ""
    osm: str = ""
    country: str = ""


class Cover(NamedTuple):
    """A square picture in the public storage; `name` is "" when there is none."""

    name: str = ""
    alt: str = ""
    width_px: int | None = None
    mime: str = ""


class Mark(NamedTuple):
    """A chapter or a sound bite; `duration_ms` is None for chapters, whose end is the next one's start."""

    start_ms: int
    title: str
    link: str = ""
    image: str = ""
    duration_ms: int | None = None


class Small(NamedTuple):
    """The same sound in a smaller file, beside the enclosure."""

    audio_sha256: str
    audio_bytes: int
    mime: str
    codecs: str
    bitrate_bps: int
    title: str


class Words(NamedTuple):
    """A transcript that may be read; untimed ones are offered as text only."""

    language: str
    has_times: bool


# The values of an item's row, in the order Item.from_row() reads them: the item's own, then those that belong together.
_OWN = (
    *("id", "guid", "guid_is_permalink", "title", "slug", "summary", "show_notes", "disclosure", "kind", "number"),
    *("display_number", "season_number", "season_name", "published_s", "explicit", "audio_bytes", "audio_mime"),
    *("audio_sha256", "duration_ms", "bitrate_bps", "licence", "licence_url", "social_uri", "social_protocol"),
)
_COVER = ("artwork", "artwork_alt", "artwork_width_px", "artwork_mime")
_PLACE = ("location_name", "location_geo", "location_osm", "location_country")
_SMALL = ("small_sha256", "small_bytes", "small_mime", "small_codecs", "small_bps", "small_title")
_COVER_AT = len(_OWN)
_PLACE_AT = _COVER_AT + len(_COVER)
_SMALL_AT = _PLACE_AT + len(_PLACE)
ITEM_VALUES = (*_OWN, *_COVER, *_PLACE, *_SMALL)
# Behind the values: rows of other tables, each a list of lists, or None.
ITEM_LISTS = ("topics", "people", "transcripts", "chapters", "soundbites", "links")


class Item(NamedTuple):
    """A published episode as the feed shows it. `published_s` is seconds since 1970, UTC.

    `show_notes` is None where whoever asked rows.read_items() has their HTML.
    """

    id: int
    guid: str
    guid_is_permalink: bool
    title: str
    slug: str
    summary: str
    show_notes: str | None
    disclosure: str
    kind: str
    number: int | None
    display_number: str
    season_number: int | None
    season_name: str | None
    published_s: int
    explicit: bool
    audio_bytes: int
    audio_mime: str
    audio_sha256: str
    duration_ms: int
    bitrate_bps: int | None
    licence: str
    licence_url: str
    social_uri: str
    social_protocol: str
    cover: Cover = Cover()
    place: Place = Place()
    small: Small | None = None
    topics: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    transcripts: tuple[Words, ...] = ()
    chapters: tuple[Mark, ...] = ()
    soundbites: tuple[Mark, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_row(cls, values: Sequence[Any], lists: Sequence[list[Any] | None]) -> Self:
        """Of the values of ITEM_VALUES, and of ITEM_LISTS."""
        topics, people, transcripts, chapters, soundbites, links = lists
        several = (
            tuple([name for (name,) in topics or ()]),
            tuple([Person(*one) for one in people or ()]),
            tuple([Words(*one) for one in transcripts or ()]),
            tuple([Mark(*one) for one in chapters or ()]),
            tuple([Mark(start_ms, title, duration_ms=ms) for start_ms, ms, title in soundbites or ()]),
            tuple([(title, url) for title, url in links or ()]),
        )
        cover = Cover(*values[_COVER_AT:_PLACE_AT])
        place = Place(*values[_PLACE_AT:_SMALL_AT])
        small = Small(*values[_SMALL_AT:]) if values[_SMALL_AT] else None
        return cls._make((*values[:_COVER_AT], cover, place, small, *several))


@dataclass(frozen=True, slots=True)
class Trailer:
    """A published trailer, named in the channel as well; its fields are the item's."""

    title: str
    slug: str
    published_s: int
    audio_bytes: int
    audio_mime: str
    audio_sha256: str
    season_number: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A show as the feed shows it. `changed_s` is when a visible row last changed, in seconds since 1970, UTC."""

    id: int
    title: str
    slug: str
    description: str
    author: str
    owner_name: str
    owner_email: str
    language: str
    category: str
    second_category: str
    explicit: bool
    type: str
    medium: str
    copyright: str
    licence: str
    licence_url: str
    podcast_guid: str
    locked: bool
    moved_to: str
    complete: bool
    blocked: bool
    publisher_guid: str | None
    publisher_feed: str
    update_rule: str
    update_label: str
    update_starts: str | None
    uses_podping: bool
    feed_limit: int | None
    changed_s: int
    chat_server: str = ""
    chat_protocol: str = ""
    chat_account: str = ""
    chat_space: str = ""
    cover: Cover = field(default_factory=Cover)
    place: Place = field(default_factory=Place)
    hosts: tuple[Person, ...] = ()
    funding: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    podroll: tuple[tuple[str, str, str], ...] = ()
    trailers: tuple[Trailer, ...] = ()

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Of the row of rows.CHANNEL."""
        return cls(
            cover=Cover(*row.pop("cover")),
            place=Place(*row.pop("place")),
            hosts=tuple(Person(*values) for values in row.pop("hosts") or ()),
            funding=tuple((url, label) for url, label in row.pop("funding") or ()),
            texts=tuple((purpose, text) for purpose, text in row.pop("texts") or ()),
            podroll=tuple((guid, url, title) for guid, url, title in row.pop("podroll") or ()),
            trailers=tuple(Trailer(*values) for values in row.pop("trailers") or ()),
            **row,
        )


@dataclass(frozen=True, slots=True)
class Addresses:
    """Absolute addresses of a show's parts: patterns made once, since asking the URL resolver 6,000 times is slow.

    A pattern holds {slug}, {sha8}, {ext} and {name} where an episode's own values come.
    """

    feed: str
    show: str
    episode: str
    audio: str
    chapters: str
    transcript: str
    speaker: str
    media: str
    hub: str = ""

    def episode_page(self, slug: str) -> str:
        return self.episode.replace(SLUG_MARK, slug)

    def enclosure(self, episode: Item | Trailer) -> str:
        return self._audio(episode.slug, episode.audio_sha256, "mp3" if episode.audio_mime == "audio/mpeg" else "m4a")

    def small_audio(self, slug: str, small: Small) -> str:
        return self._audio(slug, small.audio_sha256, SMALL_EXTENSION)

    def _audio(self, slug: str, sha256: str, extension: str) -> str:
        return self.audio.replace(SLUG_MARK, slug).replace("{sha8}", sha256[:8]).replace("{ext}", extension)

    def chapters_json(self, slug: str) -> str:
        return self.chapters.replace(SLUG_MARK, slug)

    def transcript_file(self, slug: str, extension: str, language: str = "") -> str:
        address = self.transcript.replace(SLUG_MARK, slug).replace("{ext}", extension)
        return f"{address}?lang={_quoted(language)}" if language else address

    def speaker_page(self, slug: str) -> str:
        return self.speaker.replace(SLUG_MARK, slug)

    def picture(self, name: str) -> str:
        return self.media.replace("{name}", name)

    def page(self, number: int) -> str:
        """The address of a page of a long feed; the first is the feed itself."""
        return self.feed if number == 1 else f"{self.feed}?page={number}"
