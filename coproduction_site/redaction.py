"""Text rid of addresses, passwords and tokens before anybody keeps it."""

import re

_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])"
)
_PREVIEW = re.compile(r"(/preview/)[^/\s\"']+")
_SECRET = re.compile(
    r"((?:password|passwd|token|secret|api[_-]?key|authorization|sessionid|csrf\w*)[\"']?\s*[=:]\s*[\"']?)[^\s&,;\"']+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text with addresses of the internet, preview links and values of secret names taken out."""
    text = _PREVIEW.sub(r"\1…", text)
    text = _SECRET.sub(r"\1…", text)
    return _ADDRESS.sub("(address)", text)
