"""XML of strangers, made into a tree without entities, network or huge trees."""

import codecs
import html
import re

from lxml import etree

from episodes.plaintext import storable

MOST_BYTES = 60_000_000

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION_TEXT = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML_NAME = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
# Python's, for names of hosts and for its own source: they fail in ways of their own, and take hours over megabytes.
_PYTHONS_OWN = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
# What declares Latin-1 is nearly always Windows' superset of it; browsers read it so (WHATWG Encoding).
_READ_AS = {"iso8859-1": "cp1252", "ascii": "utf-8"}


class FeedError(ValueError):
    """The feed cannot be read at all; the message says to a producer what was found and what to do."""


def decode_feed(data: bytes, charset: str = "") -> tuple[str, list[str]]:
    """The feed's text and what was odd about its bytes.

    A byte order mark wins, then the XML declaration, then `charset` (of the HTTP answer), then UTF-8.
    Raises FeedError when it is too large or holds nothing.
    """
    if len(data) > MOST_BYTES:
        raise FeedError(f"This feed has more than {MOST_BYTES // 1_000_000} MB. No podcast feed is that large.")
    if not data.strip():
        raise FeedError("This feed is empty: it holds no text at all. Check its address.")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly_or_not(data, encoding)
    declared = _DECLARATION.match(data)
    name = _usable(declared[1].decode("ascii")) if declared else _usable(charset)
    # Such a declaration was read as ASCII: whatever it says, the text is not of two bytes a letter.
    if declared and "<".encode(name) != b"<":
        name = "utf-8"
    return _strictly_or_not(data, _READ_AS.get(name, name))


def _usable(encoding: str) -> str:
    """Python's name of the encoding; UTF-8 for none, for an unknown one, and for what is none of any text."""
    try:
        known = codecs.lookup(encoding or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return known.name if known._is_text_encoding and known.name not in _PYTHONS_OWN else "utf-8"


def _strictly_or_not(data: bytes, encoding: str) -> tuple[str, list[str]]:
    for attempt in dict.fromkeys((encoding, "utf-8")):
        try:
            return data.decode(attempt), []
        except UnicodeDecodeError:
            continue
    wrong = f"Its text is not the {encoding} it says it is; letters with accents may be wrong."
    return data.decode("cp1252", "replace"), [wrong]


def parse_feed(data: bytes, charset: str = "") -> tuple[etree._Element, list[str]]:
    """The root element of some feed bytes, with what had to be mended on the way, as sentences.

    Entities are neither defined nor expanded, nothing is fetched, and depth and text sizes keep libxml2's limits.
    Damaged XML is read as far as it makes sense. Raises FeedError when nothing sensible comes out.
    """
    text, mended = decode_feed(data, charset)
    text = _DECLARATION_TEXT.sub("", storable(text.lstrip("\ufeff"))).lstrip()
    head = text[: _prolog_length(text)]
    if "<!ENTITY" in head.upper():
        raise FeedError(
            "This XML defines entities of its own, which no podcast feed needs and attackers use. It was not read."
        )
    if re.match(r"<(?:!doctype\s+)?html", text, re.IGNORECASE):
        raise FeedError("This is a web page, not a feed. Look on it for a link named RSS, and use that address.")
    if not text.startswith("<"):
        raise FeedError("This is not XML, so it is no podcast feed. Check the address or the file.")
    encoded = text.encode("utf-8")
    try:
        root = etree.fromstring(encoded, _parser(recover=False))
    except etree.XMLSyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "some line"
        try:
            # HTML's names for characters (&nbsp;) are no XML; outside of damaged feeds they stand in CDATA only.
            root = etree.fromstring(_HTML_NAME.sub(_character, text).encode("utf-8"), _parser(recover=True))
        except etree.XMLSyntaxError as damage:
            raise FeedError(f"This XML is damaged and cannot be read: {damage}.") from damage
        if root is None:
            raise FeedError(f"This XML is damaged at {place} and cannot be read.") from error
        mended.append(f"Its XML is damaged at {place}; what follows there may be missing.")
    return root, mended


def _character(name: re.Match[str]) -> str:
    return name[0] if name[1] in ("amp", "lt", "gt", "quot", "apos") else storable(html.unescape(name[0]))


def _prolog_length(text: str) -> int:
    """Up to the first element; entity definitions can stand only before it."""
    found = re.search(r"<[A-Za-z_]", text)
    return found.start() if found else len(text)


def _parser(recover: bool) -> etree.XMLParser:
    # A parser is made for each document: lxml's are not to be shared between threads.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
        encoding="utf-8",
    )
