"""What is written once for all items of a feed: their forms, and the tags that many of them share."""

from xml.sax.saxutils import escape

from feedgen.entry import FeedEntry

from episodes.timecode import format_npt
from publishing.rss.extensions import ItemTags
from publishing.rss.forms import Form, ListForm, Tags, add, inner_bytes, parent_element, write
from publishing.rss.names import CHAPTERS_TYPE, TIMED_TRANSCRIPTS, TRANSCRIPT_TYPES, UNTIMED_TRANSCRIPTS
from publishing.rss.records import SLUG_MARK, Addresses, Item, Mark, Person, Words
from publishing.rss.shared_tags import add_person

# Stands in a form until it is filled.
_BLANK = "-"


class Stationery:
    """For one build, and one thread: a form holds the values it was filled with last.

    Making each item's elements anew takes more than half of a build's time.
    """

    def __init__(self, hosts: tuple[Person, ...], addresses: Addresses) -> None:
        self.hosts = hosts
        self.addresses = addresses
        self._forms: dict[tuple[str, ...], Form] = {}
        self._chapters = ListForm("psc:chapters", "psc:chapter", version="1.2")
        self._people: dict[Person, bytes] = {}
        self._common: dict[tuple[bool, str, bool, tuple[Words, ...]], bytes] = {}

    def filled(self, tags: Tags) -> bytes:
        """RSS's own tags in the order of feedgen, and behind them from pubDate on any others."""
        names = tuple(tags[::2])
        form = self._forms.get(names)
        if form is None:
            form = self._forms[names] = _form(names)
        return form.filled(tags[1::2])

    def chapters(self, chapters: tuple[Mark, ...]) -> bytes:
        return self._chapters.filled([self._chapter(mark) for mark in chapters]) if chapters else b""

    def _chapter(self, mark: Mark) -> dict[str, str]:
        row = {"start": format_npt(mark.start_ms)}
        if mark.title:
            row["title"] = mark.title
        if mark.link:
            row["href"] = mark.link
        if mark.image:
            row["image"] = self.addresses.picture(mark.image)
        return row

    def person(self, person: Person) -> bytes:
        ready = self._people.get(person)
        if ready is None:
            tags: Tags = []
            add_person(tags, person, self.addresses)
            ready = self._people[person] = written(tags)
        return ready

    def common(self, item: Item) -> bytes:
        """The tags that are the same in many items, or would be but for the slug in an address."""
        key = item.explicit, item.kind, bool(item.chapters), item.transcripts
        ready = self._common.get(key)
        if ready is None:
            ready = self._common[key] = written(_common_tags(*key, self.addresses))
        return ready.replace(SLUG_MARK.encode(), escape(item.slug, {'"': "&quot;"}).encode())


def written(tags: Tags) -> bytes:
    """Tags that no form is kept for."""
    if not tags:
        return b""
    parent = parent_element("item")
    write(parent, tags)
    return inner_bytes(parent)


def _form(names: tuple[str, ...]) -> Form:
    """An item of these tags, with blanks for values: RSS itself by feedgen, what it lacks behind that."""
    entry = FeedEntry()
    entry.register_extension("tags", ItemTags, atom=False, rss=True)
    entry.title(_BLANK)
    entry.link(href=_BLANK)
    entry.description(_BLANK)
    if "content:encoded" in names:
        entry.content(_BLANK, type="CDATA")
    if "guid" in names:
        entry.guid(_BLANK)
    for _ in range(names.count("category")):
        entry.category(term=_BLANK)
    entry.enclosure(_BLANK, _BLANK, _BLANK)
    entry.tags.tags = [part for name in names[names.index("pubDate") :] for part in (name, _BLANK)]
    form = Form(entry.rss_entry(), literal=frozenset({"content:encoded"}))
    assert form.names == names, f"feedgen writes {form.names} where {names} are to be filled in"
    return form


def _common_tags(
    explicit: bool, kind: str, has_chapters: bool, transcripts: tuple[Words, ...], addresses: Addresses
) -> Tags:
    """With SLUG_MARK where the item's slug is to stand."""
    tags: Tags = []
    add(tags, "itunes:explicit", "true" if explicit else "false")
    add(tags, "itunes:episodeType", kind)
    for words in transcripts:
        for extension in TIMED_TRANSCRIPTS if words.has_times else UNTIMED_TRANSCRIPTS:
            add(
                tags,
                "podcast:transcript",
                url=addresses.transcript_file(SLUG_MARK, extension, words.language),
                type=TRANSCRIPT_TYPES[extension],
                language=words.language,
                rel="captions" if extension == "vtt" else None,
            )
    if has_chapters:
        add(tags, "podcast:chapters", url=addresses.chapters_json(SLUG_MARK), type=CHAPTERS_TYPE)
    return tags
