"""Links whose words are their own address, marked so that paper does not say it twice."""

import re
from urllib.parse import unquote

from lxml import html

_BEFORE_THE_NAME = re.compile(r"^https?://", re.IGNORECASE)


def mark_bare_links(notes_html: str) -> str:
    """The same HTML with class="bare" on such links, written with or without https:// and the last slash."""
    if "<a " not in notes_html:
        return notes_html
    box = html.fragment_fromstring(notes_html, create_parent="div")
    bare = [link for link in box.iter("a") if _plain(link.text_content()) == _plain(link.get("href", ""))]
    if not bare:
        return notes_html
    for link in bare:
        link.set("class", "bare")
    return html.tostring(box, encoding="unicode").removeprefix("<div>").removesuffix("</div>")


def _plain(address: str) -> str:
    return _BEFORE_THE_NAME.sub("", unquote(address.strip())).rstrip("/")
