"""What a listener reads of an episode inside the app: notes as HTML, and a short plain description."""

from html import escape

from episodes.plaintext import storable
from episodes.shownotes import cut_at_word, plain_text, to_html
from publishing.rss.names import MOST_DESCRIPTION_BYTES
from publishing.rss.records import Item


def notes_html(show_notes: str) -> str:
    """The Markdown as HTML. The slow part of a feed: a millisecond for each episode."""
    # What browsers are told of links is of no use to an app, and thirty bytes at each.
    return to_html(show_notes, link_rel=None) if show_notes.strip() else ""


def content_html(item: Item, notes: str) -> str:
    """Everything there is to read: the notes (or the summary), what the episode refers to, its disclosure."""
    parts = [notes or "".join(f"<p>{escape(line)}</p>" for line in item.summary.splitlines() if line.strip())]
    if item.links:
        listed = "".join(f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for title, url in item.links)
        parts.append(f"<ul>{listed}</ul>")
    if item.disclosure.strip():
        parts.append(f"<p><em>{escape(item.disclosure.strip())}</em></p>")
    # The end mark of CDATA; in HTML the replacement means the same, in text and in attributes.
    return "\n".join(part for part in parts if part).replace("]]>", "]]&gt;")


def description(item: Item, notes: str) -> str:
    """The summary, or the beginning of the notes, in plain words: at most 4000 bytes, cut at a word."""
    text = item.summary.strip() or plain_text(notes)
    return cut_at_word(text, MOST_DESCRIPTION_BYTES) or item.title.strip() or item.slug


def channel_description(markdown: str) -> str:
    return cut_at_word(plain_text(to_html(storable(markdown))), MOST_DESCRIPTION_BYTES)
