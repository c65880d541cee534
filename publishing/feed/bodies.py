"""Rendered pages of feeds held in memory, with their compressed form, up to a number of bytes."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

GZIP_LEVEL = 6


class Body:
    """One page of a feed as bytes, its mark (of content alone), and its gzip form, made at the first wish and kept."""

    __slots__ = ("_gzipped", "content", "etag", "marks")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.etag = hashlib.sha256(content).hexdigest()[:32]
        # As nearly every client sends it back.
        self.marks = frozenset((f'"{self.etag}"', f'"{self.etag}-gzip"'))
        self._gzipped = b""

    @property
    def gzipped(self) -> bytes:
        if not self._gzipped:
            # No time inside: the same bytes are packed into the same bytes.
            self._gzipped = gzip.compress(self.content, GZIP_LEVEL, mtime=0)
        return self._gzipped

    @property
    def held_bytes(self) -> int:
        return len(self.content) + len(self._gzipped)


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """`headers` are for reading only: one answer goes to many."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A body, and the state of the rows it shows.

    It holds from `newest_us` until `next_us` (microseconds since 1970) as long as the show's stamp stays.
    `modified_s` is seconds since 1970, `moved_to` the feed's new address or "", `headers` go with every answer.
    `answers` are those given so far, by whether the client knows the body and whether it reads gzip.
    """

    show_id: int
    stamp: int
    newest_us: int
    next_us: int
    release: str
    body: Body
    modified_s: int
    moved_to: str
    headers: Mapping[str, str]
    answers: dict[tuple[bool, bool], FeedAnswer] = field(default_factory=dict)


class Bodies:
    """The pages asked for last, newest kept; one per process, safe for its threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[tuple[str, int], Held] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, slug: str, number: int) -> Held | None:
        # Without the lock: one look into a dict is whole. What is put last stays longest, which is near enough.
        return self._held.get((slug, number))

    def put(self, slug: str, number: int, held: Held) -> None:
        with self._lock:
            self._held[slug, number] = held
            self._held.move_to_end((slug, number))
            while len(self._held) > 1 and sum(one.body.held_bytes for one in self._held.values()) > self._most_bytes:
                self._held.popitem(last=False)
