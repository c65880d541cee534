"""Addresses with a question in them, such as the moment a page plays from."""

from urllib.parse import urlencode


def as_query(**named: str | int | None) -> str:
    """The named values that are not empty, encoded for an address."""
    return urlencode({name: value for name, value in named.items() if value not in ("", None)})


def moment_url(page_url: str, seconds: int | None, anchor: str, query: str = "") -> str:
    """Where a page plays from: /show/episode/?t=754&q=trust#s123."""
    asked = as_query(t=seconds, q=query)
    return f"{page_url}{'?' if asked else ''}{asked}#{anchor}"
