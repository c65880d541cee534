"""Read a feed in tests: the door's answer, parsed strictly, by the names people write."""

from dataclasses import dataclass

from django.test import Client
from lxml import etree

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}


@dataclass
class ReadFeed:
    """A feed as a strict XML parser sees it."""

    root: etree._Element

    @property
    def channel(self):
        return self.root.find("channel")

    @property
    def items(self):
        return self.channel.findall("item")

    @property
    def titles(self):
        return [item.findtext("title") for item in self.items]

    @property
    def guids(self):
        return [item.findtext("guid") for item in self.items]


def parse(content: bytes) -> ReadFeed:
    return ReadFeed(etree.fromstring(content, etree.XMLParser(resolve_entities=False)))


def read_feed(show, **query) -> ReadFeed:
    response = Client().get(f"/{show.slug}/feed.xml", query)
    assert response.status_code == 200, response.status_code
    return parse(response.content)


def texts(parent, name):
    """The texts of all children of that name."""
    return [element.text for element in parent.findall(name, NAMES)]


def attributes(parent, name):
    """The attributes of all children of that name."""
    return [dict(element.attrib) for element in parent.findall(name, NAMES)]
