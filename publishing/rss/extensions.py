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

Writer = Callable[[etree._Element], None]

_full_names: dict[str, str] = {}
# Attributes whose names are no Python names.
_ATTRIBUTES = {"aspect_ratio": "aspect-ratio"}


def write(parent: etree._Element, name: str, text: str = "", /, **attributes: str | int | None) -> etree._Element:
    """Add an element under `parent`, named as people write it ("podcast:person"); "" and None are no attributes."""
    full_name = _full_names.get(name) or _full_name(name)
    element = etree.SubElement(parent, full_name)
    if text:
        element.text = text
    for key, value in attributes.items():
        if value is not None and value != "":
            element.set(_ATTRIBUTES.get(key, key), value if type(value) is str else str(value))
    return element


def inner_bytes(element: etree._Element) -> bytes:
    """What stands in the element, in UTF-8, to stand in a channel that declares PREFIXES.

    Written alone an element declares all namespaces anew; in the channel they hold already.
    """
    written = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    # No attribute of the element itself contains ">".
    return written[written.index(b">") + 1 : written.rindex(b"<")] if len(element) else b""


def _full_name(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    full_name = _full_names[name] = f"{{{PREFIXES[prefix]}}}{local}" if prefix else local
    return full_name


def rfc2822(seconds: int) -> str:
    """Wed, 15 Jan 2025 19:00:00 +0000: as RSS wants a date, of seconds since 1970."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


class ChannelTags(BaseExtension):
    """What `writer` writes stands in the channel behind feedgen's own elements."""

    writer: Writer

    def extend_ns(self) -> dict[str, str]:
        return dict(PREFIXES)

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        self.writer(rss[0])
        return rss


class ItemTags(BaseEntryExtension):
    """What `writer` writes stands in the item behind feedgen's own elements."""

    writer: Writer

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        self.writer(entry)
        return entry
