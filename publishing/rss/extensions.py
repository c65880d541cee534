"""What feedgen lacks or gets wrong, as extensions of it: Podcasting 2.0, Apple's present rules, paging, chapters.

feedgen's own iTunes extension is not used: it refuses explicit true/false, drops covers whose address does not end in
.jpg or .png, and writes "yes" where only "Yes" counts. Its dates are written here too, since feedgen switches the
locale of the whole process to format one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from publishing.rss.names import PREFIXES

Attributes = dict[str, str]
# ChannelTags.add and ItemTags.add, handed to what writes a group of tags.
Add = Callable[..., None]


def rfc2822(seconds: int) -> str:
    """Wed, 15 Jan 2025 19:00:00 +0000: as RSS wants a date, of seconds since 1970."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


class Tag:
    """An element still to be written; without text, attributes and children it is left out."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, text: str = "", children: "tuple[Tag, ...]" = (), **attributes: str | int | None):
        """`name` as people write it ("podcast:person"). Attributes that are "" or None are left out; _ becomes -."""
        prefix, _, local = name.rpartition(":")
        self.name = f"{{{PREFIXES[prefix]}}}{local}" if prefix else local
        self.text = text
        self.children = children
        self.attributes: Attributes = {
            key.rstrip("_").replace("_", "-"): str(value)
            for key, value in attributes.items()
            if value != "" and value is not None
        }

    def write(self, parent: etree._Element) -> None:
        element = etree.SubElement(parent, self.name, self.attributes)
        if self.text:
            element.text = self.text
        for child in self.children:
            child.write(element)


class _Tags:
    """Tags to be written behind what feedgen writes by itself."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def add(self, name: str, text: str = "", children: tuple[Tag, ...] = (), **attributes: str | int | None) -> None:
        self.tags.append(Tag(name, text, children, **attributes))


class ChannelTags(_Tags, BaseExtension):
    def extend_ns(self) -> dict[str, str]:
        return dict(PREFIXES)

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        channel = rss[0]
        for tag in self.tags:
            tag.write(channel)
        return rss


class ItemTags(_Tags, BaseEntryExtension):
    def extend_rss(self, entry: etree._Element) -> etree._Element:
        for tag in self.tags:
            tag.write(entry)
        return entry
