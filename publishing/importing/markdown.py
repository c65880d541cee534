"""Show notes of other hosts, HTML of any quality, turned into the Markdown our producers write."""

import re

from lxml import html
from lxml.etree import ParserError, XMLSyntaxError

from episodes.shownotes import clean_html

# What could begin or end a mark of CommonMark or of the extensions we read; a backslash makes each a letter again.
_MARKS = re.compile(r"([\\`*_\[\]<>~|])")
_LINE_BEGINNINGS = re.compile(r"^(\s*)([#+\-=]|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE)
_BARE_URL = re.compile(r"https?://[^\s<>\"'|\\^`{}\[\]]+")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_MOST_CHARACTERS = 400_000


def to_markdown(foreign_html: str) -> str:
    """The notes as Markdown that episodes.shownotes.to_html shows as they were: words, links, lists, stress, headings.

    Scripts, pictures, frames and styles go. Plain text with line breaks (many hosts send it) keeps its lines.
    """
    cleaned = clean_html(foreign_html[:_MOST_CHARACTERS])
    if "<p" not in cleaned and "<br" not in cleaned and "\n" in cleaned.strip():
        cleaned = cleaned.strip().replace("\n", "<br>")
    if not cleaned:
        return ""
    try:
        root = html.fragment_fromstring(cleaned, create_parent="div")
    except (ParserError, XMLSyntaxError, ValueError):
        return _escape(cleaned)
    return re.sub(r"\n{3,}", "\n\n", _blocks(root)).strip()


def _blocks(parent: html.HtmlElement) -> str:
    """The content of a block: inline runs become paragraphs between the blocks."""
    pieces: list[str] = []
    run = _text(parent.text)
    for child in parent:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _BLOCK:
            pieces.append(_paragraph(run))
            pieces.append(_BLOCK[tag](child))
            run = _text(child.tail)
        else:
            run += _inline(child) + _text(child.tail)
    pieces.append(_paragraph(run))
    return "\n\n".join(piece for piece in pieces if piece)


def _paragraph(run: str) -> str:
    """Lines of a paragraph; spaces collapse as a browser's, and no line begins a list or a heading by accident."""
    lines = [" ".join(line.split()) for line in run.split("\0")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    # Two breaks in a row are how old editors write a new paragraph.
    return "\n".join(_LINE_BEGINNINGS.sub(_tame, line) for line in lines)


def _tame(found: re.Match[str]) -> str:
    space, mark = found[1], found[2]
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _inline(node: html.HtmlElement) -> str:
    tag = node.tag if isinstance(node.tag, str) else ""
    if tag == "br":
        return "\0"
    if tag == "code":
        text = " ".join(node.text_content().split())
        return f"`{text}`" if text and "`" not in text else _escape(text)
    inside = _text(node.text) + "".join(_inline(child) + _text(child.tail) for child in node)
    if tag == "a":
        return _link(inside, node.get("href") or "")
    if tag in ("b", "strong"):
        return _around(inside, "**")
    if tag in ("em", "i"):
        return _around(inside, "*")
    if tag == "s":
        return _around(inside, "~~")
    if tag in _BLOCK:  # a list within a link, for one
        return "\0" + inside + "\0"
    return inside


def _link(inside: str, href: str) -> str:
    words = " ".join(inside.replace("\0", " ").split())
    if not href or not words:
        return inside
    target = re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", href)
    if words in (href, _escape(href)) and _BARE_URL.fullmatch(href):
        return f"<{target}>"
    return f"[{words}](<{target}>)"


def _around(inside: str, mark: str) -> str:
    """Stress stands next to letters: the space around goes outside, and breaks and emptiness get none."""
    core = inside.strip(" \n\0")
    if not core or "\0" in core or not core[0].isalnum() or not core[-1].isalnum():
        return inside
    before = inside[: len(inside) - len(inside.lstrip(" \n\0"))]
    after = inside[len(inside.rstrip(" \n\0")) :]
    return f"{before}{mark}{core}{mark}{after}"


def _text(text: str | None) -> str:
    return "" if not text else _escape(re.sub(r"\s+", " ", text))


def _escape(text: str) -> str:
    """Letters stay letters; a pasted address stays an address."""
    made, end = "", 0
    for found in _BARE_URL.finditer(text):
        made += _ENTITY.sub("&amp;", _MARKS.sub(r"\\\1", text[end : found.start()])) + found[0].replace("_", "\\_")
        end = found.end()
    return made + _ENTITY.sub("&amp;", _MARKS.sub(r"\\\1", text[end:]))


def _heading(node: html.HtmlElement) -> str:
    # to_html begins at h3: # is h3, ## is h4.
    inside = " ".join(_inline_children(node).replace("\0", " ").split())
    return f"{'#' * max(int(node.tag[1]) - 2, 1)} {inside}" if inside else ""


def _list(node: html.HtmlElement) -> str:
    ordered = node.tag == "ol"
    lines: list[str] = []
    start = node.get("start") or ""
    count = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
    for item in node:
        if item.tag != "li":
            continue
        body = _blocks(item)
        if not body:
            continue
        mark = f"{min(count, 999_999_999)}. " if ordered else "- "
        count += 1
        lines.append(mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), body))
    return "\n".join(lines)


def _quote(node: html.HtmlElement) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _blocks(node).split("\n")) if _blocks(node) else ""


def _code(node: html.HtmlElement) -> str:
    text = node.text_content().strip("\n")
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}" if text.strip() else ""


def _table(node: html.HtmlElement) -> str:
    """A row a line; tables of show notes are lists of links mostly."""
    rows = []
    for row in node.iter("tr"):
        cells = [
            " ".join(_inline_children(cell).replace("\0", " ").split()) for cell in row if cell.tag in ("td", "th")
        ]
        if any(cells):
            rows.append("- " + " · ".join(cell for cell in cells if cell))
    return "\n".join(rows)


def _inline_children(node: html.HtmlElement) -> str:
    return _text(node.text) + "".join(_inline(child) + _text(child.tail) for child in node)


_BLOCK = {
    "p": _blocks,
    "div": _blocks,
    "ul": _list,
    "ol": _list,
    "li": _blocks,
    "blockquote": _quote,
    "pre": _code,
    "hr": lambda node: "---",
    "table": _table,
    **{f"h{level}": _heading for level in range(1, 7)},
}
