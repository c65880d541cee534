"""Elements of a foreign feed by their usual names, whatever spelling of a namespace the feed uses."""

import re

from lxml import etree

# Compared without scheme, "www.", trailing slash and case: hosts write them in all these ways.
_PREFIXES = {
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "purl.org/rss/1.0/modules/content": "content",
    "w3.org/2005/atom": "atom",
    "purl.org/dc/elements/1.1": "dc",
    "podlove.org/simple-chapters": "psc",
    "google.com/schemas/play-podcasts/1.0": "googleplay",
    "purl.org/rss/1.0": "",
    "backend.userland.com/rss2": "",
    "purl.org/net/rss1.1": "",
}


class Node:
    """An element with its name as everybody writes it: "itunes:image", "podcast:guid", "title"."""

    __slots__ = ("_children", "_element", "name")

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self.name = usual_name(element)
        self._children: dict[str, list[Node]] | None = None

    def all(self, name: str) -> list["Node"]:
        """The children of that name, in order."""
        return self._by_name().get(name, [])

    @property
    def names(self) -> list[str]:
        """The name of every child, repeated as often as it stands there."""
        return [name for name, nodes in self._by_name().items() for _ in nodes]

    def first(self, name: str, aspect: str = "") -> "Node | None":
        """The first child of that name; with `aspect`, one whose aspect-ratio is that or is not given."""
        return next((n for n in self.all(name) if not aspect or n.get("aspect-ratio") in ("", aspect)), None)

    def text(self, *names: str) -> str:
        """The first text among the children of these names, without space around it; "" when there is none."""
        for name in names:
            for node in self.all(name):
                if found := node.own_text:
                    return found
        return ""

    def get(self, attribute: str) -> str:
        return (self._element.get(attribute) or "").strip()

    def _by_name(self) -> dict[str, list["Node"]]:
        if self._children is None:
            self._children = {}
            for child in self._element:
                if isinstance(child.tag, str):
                    node = Node(child)
                    self._children.setdefault(node.name, []).append(node)
        return self._children

    @property
    def exact_text(self) -> str:
        """All text within, exactly as the XML holds it."""
        return "".join(str(piece) for piece in self._element.itertext())

    @property
    def own_text(self) -> str:
        return self.exact_text.strip()


def usual_name(element: etree._Element) -> str:
    name = etree.QName(element)
    if not name.namespace:
        return name.localname
    key = re.sub(r"^https?://(www\.)?", "", name.namespace.strip().lower()).rstrip("/")
    prefix = _PREFIXES.get(key)
    if prefix is None:
        return f"{key}:{name.localname}"
    return f"{prefix}:{name.localname}" if prefix else name.localname
