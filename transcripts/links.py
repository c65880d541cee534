"""Web addresses inside spoken text."""

import re

_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\^`]+", re.IGNORECASE)


def text_with_links(text: str) -> list[tuple[str, str]]:
    """The text in pieces, each (text, address); address is "" for words that are no link.

    A full stop or comma after an address is not part of it. The pieces joined are the text.
    """
    pieces: list[tuple[str, str]] = []
    position = 0
    for match in _LINK.finditer(text):
        address = match.group().rstrip(".,;:!?…")
        if address.endswith("//"):
            continue
        if match.start() > position:
            pieces.append((text[position : match.start()], ""))
        pieces.append((address, address))
        position = match.start() + len(address)
    if position < len(text):
        pieces.append((text[position:], ""))
    return pieces
