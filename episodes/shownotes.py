"""Show notes: Markdown or foreign HTML in, safe HTML or plain text out."""

import html
import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from episodes.plaintext import storable

FEED_DESCRIPTION_BYTES = 4000
# What a browser is told of every link in notes on our pages.
LINK_REL = "noopener noreferrer"

_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre",
    "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang", "lang"},
    "ol": {"start"},
    "td": {"colspan"},
    "th": {"colspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BARE_URL = re.compile(r"https?://[^\s<>\"'|\\^`{}\[\]]+", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|blockquote|tr|pre|ul|ol|table)>|<br ?/?>|<hr ?/?>", re.IGNORECASE)


def _link_bare_urls(state: StateCore) -> None:
    """Make links of addresses that producers paste as they are, outside links and code."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        linked: list[Token] = []
        inside_link = 0
        for token in block.children:
            inside_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type != "text" or inside_link or "://" not in token.content:
                linked.append(token)
                continue
            linked.extend(_linked(token))
        block.children = linked


def _linked(token: Token) -> list[Token]:
    made: list[Token] = []

    def add_text(content: str) -> None:
        if content:
            made.append(Token("text", "", 0, content=content, level=token.level))

    end = 0
    for match in _BARE_URL.finditer(token.content):
        url = match.group().rstrip(".,;:!?…")
        if url.endswith(")") and "(" not in url:
            url = url[:-1]
        add_text(token.content[end : match.start()])
        made.append(Token("link_open", "a", 1, attrs={"href": url}, level=token.level))
        add_text(url)
        made.append(Token("link_close", "a", -1, level=token.level))
        end = match.start() + len(url)
    add_text(token.content[end:])
    return made


def _lower_headings(state: StateCore) -> None:
    """The page has its own h1 and h2: whatever heading the notes begin with is h3, and no level is left out."""
    headings = [token for token in state.tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(levels.index(token.tag) + 3, 6)}"


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.core.ruler.push("bare_urls", _link_bare_urls)
_markdown.core.ruler.push("headings", _lower_headings)


def to_html(markdown: str, *, link_rel: str | None = LINK_REL) -> str:
    """Markdown as HTML that is safe to print: raw HTML in it is text, only http(s), mailto and tel links live.

    Lines break where the producer broke them; pasted addresses become links; headings begin at h3.
    """
    return clean_html(_markdown.render(storable(markdown)), link_rel=link_rel)


def clean_html(foreign: str, *, link_rel: str | None = LINK_REL) -> str:
    """HTML of anyone's making with all but harmless structure and links taken out.

    Scripts, styles and their content go; of images and frames nothing stays. `link_rel` is what every link says of
    itself, None for nothing.
    """
    return nh3.clean(
        storable(foreign),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=link_rel,
        strip_comments=True,
    ).strip()


def plain_text(notes_html: str) -> str:
    """The words of some HTML: a line for each paragraph, list item or break."""
    cleaned = _BLOCK_END.sub("\n", clean_html(notes_html))
    text = html.unescape(nh3.clean(cleaned, tags=set()))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def cut_at_word(text: str, most_bytes: int = FEED_DESCRIPTION_BYTES) -> str:
    """The text, or as many whole words of it as fit in `most_bytes` of UTF-8 with an ellipsis behind them."""
    if len(text.encode("utf-8", "surrogatepass")) <= most_bytes:
        return text
    room = max(most_bytes - len("…".encode()), 0)
    head = text.encode("utf-8", "surrogatepass")[:room].decode("utf-8", "ignore")
    next_character = text[len(head) : len(head) + 1]
    if next_character and not next_character.isspace():
        words = re.match(r"(.*)\s\S*$", head, re.DOTALL)
        head = words[1] if words else head
    return head.rstrip() + "…" if most_bytes >= len("…".encode()) else ""
