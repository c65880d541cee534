"""What feedgen lacks or gets wrong, as extensions of it: Podcasting 2.0, Apple's present rules, paging, chapters.

feedgen's own iTunes extension is not used: it refuses explicit true/false, drops covers whose address does not end in
.jpg or .png, and writes "yes" where only "Yes" counts. Its dates are written here too, since feedgen switches the
locale of the whole process to format one.
"""

from time import gmtime

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from publishing.rss.forms import Tags, write
from publishing.rss.names import PREFIXES

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc2822(seconds: int) -> str:
    """Wed, 15 Jan 2025 19:00:00 +0000: as RSS wants a date, of seconds since 1970."""
    year, month, day, hour, minute, second, weekday, _, _ = gmtime(seconds)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} +0000"


class ChannelTags(BaseExtension):
    """`tags` stand in the channel behind feedgen's own elements."""

    tags: Tags

    def extend_ns(self) -> dict[str, str]:
        return dict(PREFIXES)

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        write(rss[0], self.tags)
        return rss


class ItemTags(BaseEntryExtension):
    """`tags` stand in the item behind feedgen's own elements."""

    tags: Tags

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        # In a channel that has the usual prefixes the elements need none of their own.
        etree.Element("channel", nsmap=PREFIXES).append(entry)
        write(entry, self.tags)
        return entry
