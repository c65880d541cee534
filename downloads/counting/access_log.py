"""Reading the access logs of whoever sent the audio: nginx (our format or "combined"), Caddy and S3."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

_COMBINED = re.compile(
    r'(?P<address>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<path>\S+) [^"]*" '
    r'(?P<status>\d{3}) (?P<sent>\d+|-)(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_S3 = re.compile(
    r"\S+ (?P<bucket>\S+) \[(?P<time>[^\]]+)\] (?P<address>\S+) \S+ \S+ (?P<operation>\S+) (?P<key>\S+) "
    r'(?:"[^"]*"|-) (?P<status>\d{3}|-) \S+ (?P<sent>\d+|-) (?P<size>\d+|-) \S+ \S+ '
    r'"?(?P<referrer>(?:[^"\\]|\\.)*?)"? "(?P<agent>(?:[^"\\]|\\.)*)"'
)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/")
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class LoggedRequest:
    """One line of a log. `path` is the address asked for, `key` the object's name in the store; one of them is "".

    `address` is for hashing only. `first` is the first byte sent and `asked_last` the last one of a followed range.
    The combined format and S3's do not tell ranges: all parts are taken to begin at the file's first byte, so that they
    never add up to more than was surely different.
    """

    at_ms: int
    address: str
    method: str
    path: str
    key: str
    status: int
    first: int
    asked_last: int | None
    sent: int
    agent: str
    referrer: str
    source: str


def parse_line(line: str) -> LoggedRequest | None:
    """Read one line, of any of the formats, with or without a syslog header; None when it is no request."""
    text = line.strip()
    readers: tuple[Callable[[str], LoggedRequest | None], ...] = (
        (_ours, _caddy) if "{" in text and text.endswith("}") else (_s3, _combined)
    )
    for read in readers:
        try:
            found = read(text)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            continue
        if found:
            return found
    return None


def _ours(text: str) -> LoggedRequest:
    """A line of `log_format audio` in deploy/nginx: JSON, perhaps behind a syslog header."""
    data = json.loads(text[text.index("{") :])
    part = _CONTENT_RANGE.match(data["content_range"])
    return LoggedRequest(
        at_ms=int((float(data["at"]) - float(data["took"])) * 1000),
        address=str(data["address"]),
        method=str(data["method"]),
        path=_path(str(data["path"])),
        key="",
        status=int(data["status"]),
        first=int(part[1]) if part else 0,
        asked_last=int(part[2]) if part else None,
        sent=int(data["sent"]),
        agent=str(data["agent"]),
        referrer=str(data["referrer"]),
        source="nginx",
    )


def _caddy(text: str) -> LoggedRequest | None:
    """A line of Caddy's own log, which is JSON; header names are written as HTTP/1.1 spells them, values in lists."""
    data = json.loads(text[text.index("{") :])
    asked, sent_headers = data["request"], data.get("resp_headers") or {}
    part = _CONTENT_RANGE.match("".join(sent_headers.get("Content-Range", ())[:1]))
    asked_headers = asked.get("headers") or {}
    return LoggedRequest(
        at_ms=int((float(data["ts"]) - float(data["duration"])) * 1000),
        # Behind another proxy client_ip is the listener's (Caddy 2.7); before that there is only the connection's.
        address=str(asked.get("client_ip") or asked["remote_ip"]),
        method=str(asked["method"]),
        path=_path(str(asked["uri"])),
        key="",
        status=int(data["status"]),
        first=int(part[1]) if part else 0,
        asked_last=int(part[2]) if part else None,
        sent=int(data["size"]),
        agent="".join(asked_headers.get("User-Agent", ())[:1]),
        referrer="".join(asked_headers.get("Referer", ())[:1]),
        source="caddy",
    )


def _combined(text: str) -> LoggedRequest | None:
    match = _COMBINED.match(text)
    if not match:
        return None
    return LoggedRequest(
        at_ms=_at_ms(match["time"]),
        address=match["address"],
        method=match["method"],
        path=_path(match["path"]),
        key="",
        source="nginx",
        **_unranged(match),
    )


def _s3(text: str) -> LoggedRequest | None:
    """A line of Amazon's server access log format, which other stores write too."""
    match = _S3.match(text)
    if not match or not match["operation"].endswith(".OBJECT"):
        return None
    return LoggedRequest(
        at_ms=_at_ms(match["time"]),
        address=match["address"],
        method=match["operation"].split(".")[1],
        path="",
        # The key is encoded twice in S3's logs.
        key=unquote(unquote(match["key"])),
        source="s3",
        **_unranged(match),
    )


def _unranged(match: re.Match[str]) -> dict:
    """What both formats without ranges tell; two bytes of a partial answer are the players' probe."""
    status = int(match["status"])
    sent = int(match["sent"]) if match["sent"] != "-" else 0
    return {
        "status": status,
        "first": 0,
        "asked_last": max(sent - 1, 0) if status == 206 else None,
        "sent": sent,
        "agent": _text(match["agent"]),
        "referrer": _text(match["referrer"]),
    }


def _at_ms(text: str) -> int:
    return int(datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp() * 1000)


def _path(target: str) -> str:
    return unquote(urlsplit(target).path)


def _text(logged: str | None) -> str:
    """A header as it was sent; "-" means there was none."""
    if logged in (None, "-"):
        return ""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(logged)).replace('\\"', '"')
