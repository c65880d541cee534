"""Plain text: paragraphs, maybe with names before them."""

from episodes.timecode import format_clock
from transcripts.document import TranscriptDocument, TranscriptError, join_texts
from transcripts.formats.heads import named_voices, read_named_head
from transcripts.formats.otter import looks_like_otter, read_otter
from transcripts.formats.turns import TurnBuilder

# Some hundred hours of speech, a line a sentence.
MOST_LINES = 200_000


def read_text(text: str, format: str = "") -> TranscriptDocument:
    """Read paragraphs into turns: "Name: text" opens one; without names the whole is one turn.

    Text whose turns carry times is read by Otter's grammar; `format` names what the text was taken
    out of. Raises TranscriptError when nothing is said.
    """
    if text.count("\n") > MOST_LINES:
        raise TranscriptError(f"This file has more than {MOST_LINES} lines. Upload one episode's transcript.")
    if looks_like_otter(text):
        return read_otter(text, format=format or "otter")
    lines = text.splitlines()
    known = named_voices([line for line in lines if line.strip()])
    builder = TurnBuilder()
    for line in lines:
        if head := read_named_head(line, known):
            builder.begin(head.voice, None)
            builder.add(head.rest)
        else:
            builder.add(line)
    turns = builder.finish()
    if not turns:
        raise TranscriptError("No spoken text was found. Check that this is the transcript, and upload it again.")
    return TranscriptDocument(format=format or "text", turns=turns, notices=tuple(builder.notices))


def write_text(document: TranscriptDocument) -> str:
    """Paragraphs under "Name  0:05" lines, in the manner of Otter's export, which read_text reads back."""
    parts: list[str] = []
    for turn in document.turns:
        # Without a name the time alone opens the turn; without both there is nothing to open it with.
        head = "  ".join(
            part
            for part in (
                turn.voice,
                "" if turn.start_ms is None else format_clock(turn.start_ms),
            )
            if part
        )
        if head:
            parts.append(f"{head if turn.start_ms is not None else head + ':'}\n")
        paragraph: list[str] = []
        for sentence in turn.sentences:
            if sentence.starts_paragraph and paragraph:
                parts.append(join_texts(paragraph) + "\n\n")
                paragraph = []
            paragraph.append(sentence.text)
        parts.append(join_texts(paragraph) + "\n\n")
    return "".join(parts).rstrip("\n") + "\n"
