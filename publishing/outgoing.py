"""The one way this site asks other servers for anything: bounded, and never into an inner network."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from episodes.at_first_use import AtFirstUse

# The worker asks others, and the desk now and then: who serves pages does without the 6 MB of these.
if TYPE_CHECKING:
    import requests
    import requests.adapters
    import urllib3
    import urllib3.connection
    import urllib3.connectionpool
else:
    requests, urllib3 = AtFirstUse("requests"), AtFirstUse("urllib3")

MOST_REDIRECTS = 5
MOST_URL_LENGTH = 4000
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 1 << 16
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Of special use (IANA's registries), whichever of them this Python's version knows.
_NEVER = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "100::/64")
]
_ISATAP = (0x00005EFE, 0x02005EFE)


class OutgoingError(ValueError):
    """The address could not be asked, or its answer not be used; the message says why to a producer."""


class InsideError(OutgoingError):
    """The address leads into a private network; nothing was sent there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in small letters, `url` = where redirects ended, `size` = bytes of the body.

    `body` is empty when the bytes went into a file.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    size: int

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def mime(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def declared_bytes(self) -> int | None:
        """The length that its header tells, None where it tells none."""
        return _whole_number(self.headers.get("content-length", ""))

    @property
    def charset(self) -> str:
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'")
        return ""


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: bytes | Mapping[str, str] = b"",
    most_bytes: int = 10_000_000,
    timeout_seconds: float = 20,
    trusted: str = "",
) -> Answer:
    """Ask an address and give back whatever it answers, errors included; up to 5 redirects are followed.

    http and https only; the address a name resolves to is checked at every connection, on every hop. `timeout_seconds`
    bounds the whole exchange. `trusted` names one host:port that may lie inside: this site's own, for a self-check.
    Raises OutgoingError, in words.
    """
    body = bytearray()
    return _exchange(method, url, headers, data, most_bytes, timeout_seconds, trusted, body)


def download(url: str, target: Path, *, most_bytes: int, timeout_seconds: float = 1800) -> Answer:
    """GET an address into a file and give back the answer without its body.

    Raises OutgoingError when the answer is no success, is cut, is too large, or takes too long; the file is then empty.
    """
    with target.open("w+b") as file:
        try:
            answer = _exchange("GET", url, None, b"", most_bytes, timeout_seconds, "", file)
            if not answer.ok:
                raise OutgoingError(f"{shown(url)} answered {answer.status} instead of the file.")
            if answer.size == 0:
                raise OutgoingError(f"{shown(url)} answered with an empty file.")
        except OutgoingError:
            file.truncate(0)
            raise
    return answer


def shown(url: str) -> str:
    """The address as a sentence may show it: without query, which may hold a secret, and not too long."""
    bare = url.split("?")[0].split("#")[0]
    return bare if len(bare) <= 120 else f"{bare[:117]}…"


def may_be_asked(address: str) -> bool:
    """Whether an IP address (text, a scope id allowed) lies on the public internet, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is None and (ip in _NAT64 or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP):
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return may_be_asked(str(wrapped))
        if ip.is_site_local:
            return False
    if any(ip in network for network in _NEVER if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _exchange(
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    data: bytes | Mapping[str, str],
    most_bytes: int,
    timeout_seconds: float,
    trusted: str,
    into: bytearray | IO[bytes],
) -> Answer:
    deadline = time.monotonic() + timeout_seconds
    sent = {"User-Agent": user_agent(), "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
    for _ in range(MOST_REDIRECTS + 1):
        host, port = _checked(url)
        with _session(trusted or settings.OUTGOING_TEST_HOST) as session, _in_words(url, timeout_seconds):
            left = max(deadline - time.monotonic(), 0.01)
            with (
                _stop_at(deadline) as expired,
                session.request(
                    method, url, headers=sent, data=data or None, stream=True, allow_redirects=False,
                    timeout=(min(10, left), min(30, left)),
                ) as response,
            ):  # fmt: skip
                onward = response.headers.get("Location") if response.status_code in _REDIRECTS else None
                if onward is None:
                    size = _read(response, into, most_bytes, deadline, url)
                    if expired.is_set():  # a connection we shut looks like the end of a body
                        raise TimeoutError
                    names = {name.lower(): value for name, value in response.headers.items()}
                    body = bytes(into) if isinstance(into, bytearray) else b""
                    return Answer(response.status_code, names, body, url, size)
        if response.status_code in (301, 302, 303) and method not in ("GET", "HEAD"):
            method, data = "GET", b""
        url = urljoin(url, onward)
        next_host, next_port = _checked(url)
        if (next_host, next_port) != (host, port):
            sent = {name: value for name, value in sent.items() if name.lower() not in ("authorization", "cookie")}
    raise OutgoingError(f"{shown(url)} is the end of more than {MOST_REDIRECTS} redirects. Use the last address.")


def user_agent() -> str:
    """Who asks: counters of downloads, ours included, leave it out."""
    return f"coproduction-site/1.0 (+{settings.SITE_URL})"


def _checked(url: str) -> tuple[str, int]:
    """Host and port of an address we would ask at all."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme not in ("http", "https") or not host or len(url) > MOST_URL_LENGTH:
        raise OutgoingError(f'"{shown(url)}" is not a web address. It must begin with https:// or http://.')
    if parts.username is not None or "\\" in parts.netloc or any(c.isspace() or ord(c) < 32 for c in url.strip()):
        raise OutgoingError(f'"{shown(url.split("@")[-1])}" is not an address we can ask: it holds a name or a space.')
    return host, port


def _whole_number(text: str) -> int | None:
    """Of a header, in which another server may write anything: "²" and a thousand digits too."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _read(response: requests.Response, into: bytearray | IO[bytes], most_bytes: int, deadline: float, url: str) -> int:
    if response.request.method == "HEAD":
        return 0
    declared = _whole_number(response.headers.get("Content-Length", ""))
    if declared is not None and declared > most_bytes:
        raise _too_large(url, most_bytes)
    size = 0
    for chunk in _unpacked(response):
        size += len(chunk)
        if size > most_bytes:
            raise _too_large(url, most_bytes)
        if time.monotonic() > deadline:
            raise TimeoutError
        if isinstance(into, bytearray):
            into += chunk
        else:
            into.write(chunk)
    return size


def _unpacked(response: requests.Response) -> Iterator[bytes]:
    """The body's bytes; gzip, sent unasked, is unpacked in bounded steps."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    raw = response.raw.stream(_CHUNK, decode_content=False)
    if encoding in ("", "identity"):
        yield from raw
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise OutgoingError(f"The answer is packed as {encoding[:20]!r}, which was not asked for.")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for packed in raw:
        while packed:
            yield unpacker.decompress(packed, _CHUNK * 16)
            packed = unpacker.unconsumed_tail
    yield unpacker.flush()


def _too_large(url: str, most_bytes: int) -> OutgoingError:
    return OutgoingError(f"{shown(url)} has more than {most_bytes / 1e6:.0f} MB, which is the limit for it.")


@contextmanager
def _in_words(url: str, timeout_seconds: float) -> Iterator[None]:
    try:
        yield
    except OutgoingError:
        raise
    except (requests.Timeout, TimeoutError) as error:
        raise OutgoingError(f"{shown(url)} did not answer in full within {timeout_seconds:.0f} seconds.") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, zlib.error, OSError, ValueError) as error:
        inner: BaseException | None = error
        while inner is not None:  # requests wraps what our connection raised
            if isinstance(inner, OutgoingError):
                raise inner from error
            if isinstance(inner, socket.gaierror):
                raise OutgoingError(f"There is no server named {urlsplit(url).hostname}.") from error
            inner = inner.__cause__ or inner.__context__
        if isinstance(error, requests.exceptions.SSLError):
            raise OutgoingError(f"{shown(url)} has no valid certificate, so it was not trusted.") from error
        if _opened.expired:
            raise OutgoingError(f"{shown(url)} did not answer within {timeout_seconds:.0f} seconds.") from error
        raise OutgoingError(f"{shown(url)} could not be read: the connection failed or broke off.") from error


# --- Connections that look where they go ------------------------------------------------------------------------------


class _Opened(threading.local):
    """The connections this thread opened within _stop_at, and whether the last such span ran out of time."""

    sockets: list[socket.socket] | None = None
    expired: bool = False


_opened = _Opened()


@contextmanager
def _stop_at(deadline: float) -> Iterator[threading.Event]:
    """Shut this thread's new connections at the deadline: a server that drips headers would hold us for ever."""
    sockets: list[socket.socket] = []
    _opened.sockets, _opened.expired = sockets, False
    expired = threading.Event()

    def shut() -> None:
        expired.set()
        for one in list(sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), shut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        _opened.sockets, _opened.expired = None, expired.is_set()
        timer.join()  # or it might shut what has been closed below
        for one in sockets:
            one.close()


def _connect(host: str, port: int, timeout: Any, trusted: str) -> socket.socket:
    """A connection to the first address of `host` that answers, when all of its addresses are public."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    if f"{host.strip('[]')}:{port}" != trusted:
        for *_, address in found:
            if not may_be_asked(str(address[0])):
                raise InsideError(f"{host} leads into a private network, which is not asked for anything.")
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        one = socket.socket(family, kind, protocol)
        try:
            if isinstance(timeout, int | float):
                one.settimeout(timeout)
            one.connect(address)
        except OSError as error:
            one.close()
            failure = error
            continue
        if _opened.sockets is not None:
            # A second handle: TLS takes the first one away, and then nothing could shut the connection any more.
            _opened.sockets.append(one.dup())
        return one
    raise failure or OSError("no address")


def _session(trusted: str) -> requests.Session:
    class Plain(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port, self.timeout, trusted)

    class Secure(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port, self.timeout, trusted)

    class PlainPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = Secure

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    session = requests.Session()
    session.trust_env = False  # no proxy, no .netrc: they would connect unchecked, or send passwords
    session.mount("http://", Adapter())
    session.mount("https://", Adapter())
    return session
