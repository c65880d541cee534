"""Elements written again and again: made once by an XML library, then only filled with other values.

Making an element costs several times what filling it does, and a feed's items differ in little but their values.
What is to be written is a flat list, so that what two of them have in common is seen at once.
"""

from collections.abc import Sequence

from lxml import etree

from publishing.rss.names import PREFIXES

# Names and values by turns, as they follow one another in the feed: an element and its text ("title", "Hello"), its
# attributes ("@url", "https://…"), then with a slash for each step down the elements within it ("/podcast:source", "").
Tags = list[str]

# Attributes whose names are no Python names.
_ATTRIBUTES = {"aspect_ratio": "aspect-ratio"}
_full_names: dict[str, str] = {}
_prefixes = {namespace: f"{prefix}:" for prefix, namespace in PREFIXES.items()}


def add(tags: Tags, name: str, text: str = "", /, **attributes: str | int | None) -> None:
    """Add an element, named as people write it ("podcast:person"); "" and None are no attributes."""
    tags += (name, text)
    for key, value in attributes.items():
        if value is not None and value != "":
            tags += (f"@{_ATTRIBUTES.get(key, key)}", value if type(value) is str else str(value))


def write(parent: etree._Element, tags: Sequence[str]) -> None:
    """Make the tags elements under `parent`."""
    path = [parent]
    for name, value in zip(tags[::2], tags[1::2], strict=True):
        if name.startswith("@"):
            path[-1].set(name[1:], value)
            continue
        local = name.lstrip("/")
        del path[len(name) - len(local) + 1 :]
        path.append(etree.SubElement(path[-1], _full_names.get(local) or _full_name(local)))
        if value:
            path[-1].text = value


def inner_bytes(element: etree._Element) -> bytes:
    """What stands in the element, in UTF-8, to stand in a channel that declares PREFIXES.

    Written alone an element declares all namespaces anew; in the channel they hold already.
    """
    written = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    # No attribute of the element itself contains ">".
    return written[written.index(b">") + 1 : written.rindex(b"<")] if len(element) else b""


def parent_element(name: str) -> etree._Element:
    """An element in a channel with the usual prefixes: what stands in it needs none of its own."""
    return etree.SubElement(etree.Element("channel", nsmap=PREFIXES), name)


class Form:
    """An element whose texts and attributes are blanks. For one thread: it is filled, written, and filled again.

    `names` are the names in the Tags that fill it. The text of an element of `literal` is written as CDATA.
    """

    def __init__(self, element: etree._Element, literal: frozenset[str] = frozenset()) -> None:
        self._element = element
        self._blanks: list[tuple[etree._Element, str]] = []
        names: list[str] = []
        for child in element.iterdescendants(etree.Element):
            name = _usual_name(child)
            names += ["/" * (_depth(child, element) - 1) + name, *(f"@{key}" for key in child.attrib)]
            self._blanks.append((child, "<" if name in literal else ""))
            self._blanks += [(child, str(key)) for key in child.attrib]
        self.names = tuple(names)

    def filled(self, values: Sequence[str]) -> bytes:
        """What stands in the element when its blanks hold these values. Raises ValueError for what XML cannot hold."""
        for (element, key), value in zip(self._blanks, values, strict=True):
            if not key:
                element.text = value or None
            elif key == "<":
                element.text = etree.CDATA(value)
            else:
                element.set(key, value)
        return inner_bytes(self._element)


class ListForm:
    """An element `name` in an <item> whose children, all called `child`, hold attributes only. For one thread.

    Lists differ in length and in which attributes their rows have: children are kept for each place and each such set.
    """

    def __init__(self, name: str, child: str, **attributes: str) -> None:
        self._item = parent_element("item")
        write(self._item, [name, "", *(part for key, value in attributes.items() for part in (f"@{key}", value))])
        self._list = self._item[0]
        self._child = child
        self._made: dict[tuple[int, tuple[str, ...]], etree._Element] = {}
        self._children: list[etree._Element] = []

    def filled(self, rows: Sequence[dict[str, str]]) -> bytes:
        """The element with a child for each row. Raises ValueError for what XML cannot hold."""
        children = []
        for place, row in enumerate(rows):
            key = place, tuple(row)
            child = self._made.get(key)
            if child is None:
                child = self._made[key] = self._list.makeelement(_full_name(self._child))
            for name, value in row.items():
                child.set(name, value)
            children.append(child)
        if children != self._children:
            self._list[:] = self._children = children
        return inner_bytes(self._item)


def _depth(element: etree._Element, ancestor: etree._Element) -> int:
    return 1 + next(place for place, above in enumerate(element.iterancestors()) if above is ancestor)


def _usual_name(element: etree._Element) -> str:
    name = etree.QName(element)
    return f"{_prefixes[name.namespace]}{name.localname}" if name.namespace else name.localname


def _full_name(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    full_name = _full_names[name] = f"{{{PREFIXES[prefix]}}}{local}" if prefix else local
    return full_name
