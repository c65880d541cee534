"""HTML: the Podcasting 2.0 form (cite, time, p), or any page of paragraphs."""

import html as entities

import lxml.html
from lxml import etree

from episodes.timecode import TimecodeError, format_clock, parse_time
from transcripts.document import TranscriptDocument, TranscriptError, join_texts
from transcripts.formats.text import read_text
from transcripts.formats.turns import TurnBuilder
from transcripts.links import text_with_links

_DROPPED = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "svg",
        "math",
        "iframe",
        "object",
    }
)
_BLOCKS_TEXT = (
    "p div li ul ol h1 h2 h3 h4 h5 h6 section article header footer main blockquote table tr td th dl dt dd pre "
    "body html figure figcaption cite time br hr"
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())


def read_html(text: str) -> TranscriptDocument:
    """Read cite, time and p elements as voices, times and text; other pages paragraph by paragraph.

    Links keep their address behind their text. Nothing is fetched, nothing runs, entities are not expanded.
    Raises TranscriptError when there is no spoken text.
    """
    pieces = html_lines(text)
    if any(kind == "cite" for kind, _ in pieces):
        return _read_cited(pieces)
    return read_text("\n".join(line for _, line in pieces), format="html")


def html_lines(text: str) -> list[tuple[str, str]]:
    """(element, text) in document order, an empty text after each block; element is "cite", "time" or "p"."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise TranscriptError("This HTML page has no text. Save the transcript again and upload it.") from error
    collector = _Collector()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        collector.take(event, element)
    collector.close("p")
    return collector.lines


class _Collector:
    """Gathers text between block edges while the tree is walked."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._text: list[str] = []
        self._depth_dropped = 0

    def take(self, event: str, element: etree._Element) -> None:
        tag = element.tag.lower()
        if event == "start":
            self._start(tag, element)
        else:
            self._end(tag, element)

    def _start(self, tag: str, element: etree._Element) -> None:
        if tag in _DROPPED:
            self._depth_dropped += 1
        if self._depth_dropped:
            return
        if tag in _BLOCKS:
            self.close("p")
        self._text.append(element.text or "")

    def _end(self, tag: str, element: etree._Element) -> None:
        if self._depth_dropped:
            self._depth_dropped -= tag in _DROPPED
        else:
            self._note_link(tag, element)
            if tag in _BLOCKS:
                self.close(tag if tag in ("cite", "time") else "p", paragraph_ends=tag != "br")
        if not self._depth_dropped:
            self._text.append(element.tail or "")

    def _note_link(self, tag: str, element: etree._Element) -> None:
        if tag != "a":
            return
        address = element.get("href", "")
        shown = "".join(str(piece) for piece in element.itertext())
        if address.startswith(("http://", "https://")) and address not in shown:
            self._text.append(f" ({address})")

    def close(self, kind: str, paragraph_ends: bool = True) -> None:
        line = " ".join("".join(self._text).split())
        self._text = []
        if line:
            self.lines.append((kind, line))
            if paragraph_ends:
                self.lines.append(("p", ""))


def _read_cited(pieces: list[tuple[str, str]]) -> TranscriptDocument:
    builder = TurnBuilder()
    voice: str | None = None
    start_ms: int | None = None
    opened = False
    for kind, line in pieces:
        if kind == "cite":
            voice, opened = line.rstrip(":").strip(), True
        elif kind == "time":
            start_ms, opened = _time(line), True
        else:
            if line and opened:
                builder.begin(voice, start_ms)
                voice, start_ms, opened = None, None, False
            builder.add(line)
    turns = builder.finish()
    if not turns:
        raise TranscriptError("This HTML transcript names voices but has no text. Export it again and upload it.")
    return TranscriptDocument(
        format="html",
        turns=turns,
        speakers=tuple(dict.fromkeys(turn.voice for turn in turns if turn.voice)),
        notices=tuple(builder.notices),
    )


def write_html(document: TranscriptDocument) -> str:
    """cite and time open each turn, p holds a paragraph, links are links; a fragment without style or script.

    Source: podcast-namespace, transcripts/transcripts.md.
    """
    parts: list[str] = []
    for turn in document.turns:
        if turn.voice:
            parts.append(f"<cite>{entities.escape(turn.voice)}:</cite>\n")
        if turn.start_ms is not None:
            parts.append(f"<time>{format_clock(turn.start_ms)}</time>\n")
        paragraph: list[str] = []
        for sentence in turn.sentences:
            if sentence.starts_paragraph and paragraph:
                parts.append(_paragraph(paragraph))
                paragraph = []
            paragraph.append(sentence.text)
        parts.append(_paragraph(paragraph))
    return "".join(parts)


def _paragraph(sentences: list[str]) -> str:
    spoken = "".join(
        f'<a href="{entities.escape(link)}">{entities.escape(text)}</a>' if link else entities.escape(text)
        for text, link in text_with_links(join_texts(sentences))
    )
    return f"<p>{spoken}</p>\n"


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except TimecodeError as error:
        raise TranscriptError(f"{error} Then upload again.") from error
