"""Which bytes a request asks for: conditions and ranges of RFC 9110."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum

# A header longer than this is not read: no honest client needs more, and the work stays bounded.
LONGEST_HEADER = 4096
_FARTHEST = 10**18

_SPEC = re.compile(r"([0-9]*)[ \t]*-[ \t]*([0-9]*)")
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True)
class ByteRange:
    """A run of bytes of a file; `last` is the last byte itself, as in Content-Range."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Unsatisfiable(Enum):
    """The request asks for bytes the file does not have: answer 416."""

    RANGE = "unsatisfiable"


@dataclass(frozen=True)
class Conditions:
    """The request headers that decide; None or "" where the client sent none."""

    range: str | None = None
    if_range: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None


@dataclass(frozen=True)
class Answer:
    """What to send: the status, and the bytes of the body (None: no body)."""

    status: int
    body: ByteRange | None


def parse_range(header: str | None, size: int) -> ByteRange | Unsatisfiable | None:
    """Read a Range header against a file of `size` bytes.

    None: send the whole file. That is the answer to no header, a malformed one, another unit, and to several ranges
    (RFC 9110 lets a server ignore the field; one client sending thousands of ranges must cost nothing).
    Unsatisfiable: not one range touches the file.
    Source: RFC 9110, sections 14.1.1, 14.1.2 and 14.2.
    """
    if not header or len(header) > LONGEST_HEADER:
        return None
    unit, equals, specs = header.partition("=")
    if not equals or unit.strip(" \t").lower() != "bytes":
        return None
    seen = 0
    found: ByteRange | None = None
    for part in specs.split(","):
        part = part.strip(" \t")
        if not part:
            continue  # empty members of a list are allowed, and mean nothing
        match = _SPEC.fullmatch(part)
        if not match or match.group() == "-" or not (match[1] or match[2]):
            return None
        seen += 1
        if match[1]:
            first, last = (
                _position(match[1]),
                _position(match[2]) if match[2] else _FARTHEST,
            )
            if last < first:
                return None
            satisfiable = ByteRange(first, min(last, size - 1)) if first < size else None
        else:
            wanted = min(_position(match[2]), size)
            satisfiable = ByteRange(size - wanted, size - 1) if wanted else None
        found = found or satisfiable
    if not seen:
        return None
    if found is None:
        return Unsatisfiable.RANGE
    return found if seen == 1 else None


def decide(method: str, sent: Conditions, size: int, etag: str, modified_at: datetime) -> Answer:
    """Answer GET or HEAD for a file of `size` bytes with a strong `etag` (quotes included), changed at `modified_at`.

    The order is RFC 9110's, section 13.2.2; dates count in whole seconds. HEAD ignores Range.
    """
    if sent.if_match:
        if not _listed(sent.if_match, etag, weak=False):
            return Answer(412, None)
    elif sent.if_unmodified_since:
        date = _http_date(sent.if_unmodified_since)
        if date is not None and _seconds(modified_at) > date:
            return Answer(412, None)
    if sent.if_none_match:
        if _listed(sent.if_none_match, etag, weak=True):
            return Answer(304, None)
    elif sent.if_modified_since:
        date = _http_date(sent.if_modified_since)
        if date is not None and _seconds(modified_at) <= date:
            return Answer(304, None)
    whole = Answer(200, ByteRange(0, size - 1))
    if method != "GET" or not sent.range:
        return whole
    if sent.if_range and not _same_representation(sent.if_range, etag, modified_at):
        return whole
    wanted = parse_range(sent.range, size)
    if wanted is Unsatisfiable.RANGE:
        return Answer(416, None)
    return Answer(206, wanted) if isinstance(wanted, ByteRange) else whole


def http_date(moment: datetime) -> str:
    """An aware moment as HTTP writes it: "Tue, 24 Nov 2026 18:40:00 GMT"."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _position(digits: str) -> int:
    """Decimal digits as a number; what lies beyond every file is cut, so that long digits cost nothing."""
    digits = digits.lstrip("0")
    return _FARTHEST if len(digits) > 18 else int(digits or "0")


def _same_representation(if_range: str, etag: str, modified_at: datetime) -> bool:
    """Whether If-Range names what we have: the strong tag itself, or exactly its date."""
    if_range = if_range.strip(" \t")
    if if_range.startswith(('"', "W/")):
        return if_range == etag
    return _http_date(if_range) == _seconds(modified_at)


def _listed(header: str, etag: str, *, weak: bool) -> bool:
    """Whether a list of entity tags, or "*", holds this one. A list too long to read holds nothing."""
    header = header.strip(" \t")
    if header == "*":
        return True
    if len(header) > LONGEST_HEADER:
        return False
    return any(tag == etag and (weak or not mark) for mark, tag in _TAG.findall(header))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _http_date(text: str) -> int | None:
    """Seconds since 1970, or None when it is no date."""
    try:
        date = parsedate_to_datetime(text[:64])
        return int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
