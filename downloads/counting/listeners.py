"""Telling listeners apart for one day, without keeping who they are."""

import hmac
import os
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from threading import Lock

_SALT_BYTES = 32


class DailySalts:
    """A random key for each UTC day, shared by the processes of one machine through a folder, gone when the day is.

    The key is in no backup: once its file is deleted, no hash can be traced to an address any more.
    """

    def __init__(self, folder: Path, days_kept: int = 0, agree: Callable[[date, bytes], bytes] | None = None):
        """`days_kept`: past days whose keys stay, for logs that are read late. `agree`: gives back the key that all
        machines use on a day, which may be the one proposed."""
        self._folder = folder
        self._agree = agree
        self._kept = timedelta(days=days_kept)
        self._salts: dict[date, bytes] = {}
        self._lock = Lock()

    def key(self, address: str, user_agent: str, at: datetime) -> str:
        """32 hex digits for a client on the UTC day of `at`: the same all day, unrelated the next day."""
        message = f"{network_of(address)}\n{user_agent}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._of(at.astimezone(UTC).date()), message, "sha256").hex()[:32]

    def _of(self, day: date) -> bytes:
        salt = self._salts.get(day)
        if salt is None:
            with self._lock:
                if day not in self._salts:
                    newest = max(self._salts, default=day)
                    self._salts[day] = self._read_or_make(day)
                    if day >= newest:
                        self.forget_before(day)
                salt = self._salts[day]
        return salt

    def _read_or_make(self, day: date) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"salt-{day.isoformat()}"
        if path.exists():
            return path.read_bytes()
        salt = secrets.token_bytes(_SALT_BYTES)
        if self._agree is not None:
            salt = self._agree(day, salt)
        # Written whole under another name, then linked: another process sees all of the key or none.
        draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(salt)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key is the day's
        finally:
            draft.unlink()
        return path.read_bytes()

    def forget_before(self, day: date) -> None:
        """Delete the keys of days before this one, but for the days kept."""
        day -= self._kept
        for past in [one for one in self._salts if one < day]:
            del self._salts[past]
        for path in self._folder.glob("salt-*"):
            if path.name[5:15] < day.isoformat():
                path.unlink(missing_ok=True)


def network_of(address: str) -> str:
    """What of an address tells listeners apart: all of IPv4, the first 64 bits of IPv6 (a household)."""
    try:
        ip = ip_address(address.strip().split("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip)


def client_address(remote: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client's address: the connection's own, or what the outermost of our own proxies wrote down.

    Each proxy appends the address it saw to X-Forwarded-For, so with two trusted proxies the client is second from the
    end. What stands before that was sent by the client and is believed by nobody.
    """
    if trusted_proxies <= 0:
        return remote
    chain = [part.strip() for part in forwarded_for[-1000:].split(",") if part.strip()]
    if len(chain) < trusted_proxies:
        return chain[0] if chain else remote
    return chain[-trusted_proxies]


class Networks:
    """A list of networks, such as a hosting company's, that says whether an address lies in one."""

    def __init__(self, lines: Iterable[str]):
        """Read one network a line ("192.0.2.0/24"); empty lines and what follows # are skipped. Raises ValueError."""
        spans: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for line in lines:
            text = line.split("#")[0].strip()
            if text:
                network = ip_network(text, strict=False)
                spans[network.version].append((int(network.network_address), int(network.broadcast_address)))
        self._spans = {version: _disjoint(found) for version, found in spans.items()}

    def __contains__(self, address: str) -> bool:
        try:
            ip: IPv4Address | IPv6Address = ip_address(address.strip().split("%")[0])
        except ValueError:
            return False
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        spans = self._spans[ip.version]
        position = bisect_right(spans, (int(ip), 1 << 128)) - 1
        return position >= 0 and spans[position][0] <= int(ip) <= spans[position][1]


def _disjoint(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
