"""A show's whole feed in one file: ready items and page heads, enough to answer every page without a database.

First line: JSON of what the file is. Second line: JSON of where the pieces lie. Then the pieces, bytes of the feed.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

FORMAT = 1


class FeedFileError(ValueError):
    """This is not a whole feed file of this format."""


@dataclass(frozen=True, slots=True)
class About:
    """What a feed file is of.

    `stamp` and `newest_us` say which state of the rows it shows (as ShowStamp; newest date in microseconds since 1970,
    0 without episodes); `release` what code and settings made it; `context` what of the show its items hold; `mark`
    tells the first page from any other.
    """

    show_id: int
    slug: str
    stamp: int
    newest_us: int
    release: str
    context: str
    moved_to: str
    mark: str = ""

    @property
    def age(self) -> tuple[int, int]:
        """Grows with every change: a file never replaces one of greater age."""
        return self.stamp, self.newest_us


@dataclass(frozen=True, slots=True)
class ReadyItem:
    """An item's bytes. `notes_mark` names the Markdown its notes were made of, `notes_bytes` how long their HTML is."""

    id: int
    published_s: int
    fingerprint: str
    content: bytes
    notes_mark: str = ""
    notes_bytes: int = 0

    @property
    def notes(self) -> str:
        """The notes' HTML, out of the item: text before it is escaped, so the first CDATA is theirs."""
        start = self.content.find(b"<![CDATA[") + len(b"<![CDATA[")
        return self.content[start : start + self.notes_bytes].decode() if self.notes_bytes else ""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """`pages` are how many items each page holds; `heads` and `tail` stand around them."""

    about: About
    items: Sequence[ReadyItem]
    pages: Sequence[int]
    heads: Sequence[bytes]
    tail: bytes

    def page(self, number: int) -> bytes | None:
        """The bytes of a page, counted from 1; None when there is none of this number."""
        if not 1 <= number <= len(self.pages):
            return None
        first = sum(self.pages[: number - 1])
        items = self.items[first : first + self.pages[number - 1]]
        return b"".join((self.heads[number - 1], b"\n".join(item.content for item in items), self.tail))

    def only(self, ids: set[int]) -> Self:
        """The same without the items that are not among these episodes; no page becomes another's."""
        kept: list[ReadyItem] = []
        pages: list[int] = []
        first = 0
        for count in self.pages:
            stay = [item for item in self.items[first : first + count] if item.id in ids]
            first += count
            kept.extend(stay)
            pages.append(len(stay))
        return type(self)(self.about, kept, pages, self.heads, self.tail)

    def to_bytes(self) -> bytes:
        pieces = [self.tail, *self.heads, *(item.content for item in self.items)]
        places = {
            "tail": len(self.tail),
            "heads": [len(head) for head in self.heads],
            "pages": list(self.pages),
            "items": [
                (item.id, item.published_s, item.fingerprint, len(item.content), item.notes_mark, item.notes_bytes)
                for item in self.items
            ],
            "all": sum(map(len, pieces)),
        }
        lines = ({"format": FORMAT, **asdict(self.about)}, places)
        return b"\n".join([*(json.dumps(line, separators=(",", ":")).encode() for line in lines), b"".join(pieces)])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises FeedFileError for anything that to_bytes did not write whole."""
        try:
            first, second, body = data.split(b"\n", 2)
            about, places = _about(first), json.loads(second)
            if places["all"] != len(body):
                raise FeedFileError(f"{len(body)} bytes instead of {places['all']}")
            position = places["tail"]
            tail = body[:position]
            heads = []
            for length in places["heads"]:
                heads.append(body[position : position + length])
                position += length
            items = []
            for id, published_s, fingerprint, length, notes_mark, notes_bytes in places["items"]:
                content = body[position : position + length]
                items.append(ReadyItem(id, published_s, fingerprint, content, notes_mark, notes_bytes))
                position += length
            return cls(about, items, places["pages"], heads, tail)
        except FeedFileError:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise FeedFileError(str(error)) from error


def read_about(path: Path) -> About:
    """Only what the file is of. Raises FeedFileError and OSError."""
    with path.open("rb") as file:
        return _about(file.readline())


def _about(line: bytes) -> About:
    try:
        values: dict[str, Any] = json.loads(line)
        if values.pop("format") != FORMAT:
            raise FeedFileError("another format")
        return About(**values)
    except FeedFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FeedFileError(str(error)) from error


def cut_pages(sizes: Iterable[int], limit: int | None, most_bytes: int) -> list[int]:
    """How many items each page holds, for items of these sizes (bytes), newest first.

    By `limit` items, or, when that is None, as many as fit in `most_bytes`; at least one page, at least one item each.
    """
    pages = [0]
    used = 0
    for size in sizes:
        full = pages[-1] >= limit if limit else used + size > most_bytes
        if pages[-1] and full:
            pages.append(0)
            used = 0
        pages[-1] += 1
        used += size
    return pages


def replace_file(path: Path, content: bytes) -> None:
    """Put the bytes in the file's place in one step: a reader, or a lost power, finds the old or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
