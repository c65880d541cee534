"""Rendered pages kept in memory, with their compressed forms, up to a number of bytes."""

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

import brotli

# Small answers travel in one packet anyway.
WORTH_COMPRESSING_BYTES = 860


@dataclass(slots=True)
class StoredPage:
    """A page's bytes; the forms for `br` and `gzip` are made at their first use and kept."""

    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    _forms: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, accept_encoding: str) -> tuple[bytes, str]:
        """The bytes for a client's Accept-Encoding, and the name of their encoding ("" for none)."""
        if len(self.body) < WORTH_COMPRESSING_BYTES:
            return self.body, ""
        name = _best_of(accept_encoding)
        if not name:
            return self.body, ""
        form = self._forms.get(name)
        if form is None:
            # br 5 packs tighter than gzip 6 in about its time; higher levels cost more than a page is worth.
            form = brotli.compress(self.body, quality=5) if name == "br" else gzip.compress(self.body, 6, mtime=0)
            self._forms[name] = form
        return form, name

    @property
    def held_bytes(self) -> int:
        return len(self.body) + sum(len(form) for form in self._forms.values())


def _best_of(accept_encoding: str) -> str:
    # Browsers say one of a few things here. What is kept is short, whatever they say.
    return _known_best(accept_encoding) if len(accept_encoding) <= 200 else _known_best.__wrapped__(accept_encoding)


@lru_cache(maxsize=256)
def _known_best(accept_encoding: str) -> str:
    return next((name for name in ("br", "gzip") if accepts(accept_encoding, name)), "")


def accepts(accept_encoding: str, name: str) -> bool:
    """Whether an Accept-Encoding header names the encoding and does not refuse it (q=0).

    Source: RFC 9110 section 12.5.3; "*" is left alone, since who writes it names what it really reads beside it.
    """
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == name:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class PageStore:
    """The pages asked for last, newest kept; one per process, safe for its threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pages: OrderedDict[str, StoredPage] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> StoredPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: StoredPage) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > 1 and sum(p.held_bytes for p in self._pages.values()) > self._limit_bytes:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
