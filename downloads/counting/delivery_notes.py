"""Writing down what was delivered, from the request and the bytes that went out."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

from downloads.counting.clients import LONGEST_AGENT, web_player
from downloads.counting.listeners import DailySalts, Networks, client_address
from downloads.counting.spool import DeliveryNote, Spool
from downloads.delivery.byteranges import ByteRange, parse_range
from downloads.delivery.enclosures import Enclosure
from downloads.delivery.patience import LONG_SECONDS, Silent, breaker

logger = logging.getLogger(__name__)


_NOTED = ("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_RANGE", "HTTP_X_FORWARDED_FOR", "REMOTE_ADDR")


class PendingNote:
    """A note begun when the request came, written once it is known what went out."""

    def __init__(self, method: str, meta: Mapping[str, str], enclosure: Enclosure):
        """`meta`: the request's headers as WSGI spells them."""
        self._at_ms = time.time_ns() // 1_000_000
        # Not the whole of it: that would keep the web server's objects alive for as long as a download lasts.
        self._meta = {name: meta.get(name, "") for name in _NOTED}
        self._method = method
        self._enclosure = enclosure
        self._status = 0
        self._first = 0

    def begin(self, status: int, first: int) -> None:
        """Say how the request is answered: with what status, and from which byte on."""
        self._status, self._first = status, first

    def write(self, sent: int) -> None:
        """Put the note on the spool. Never raises: audio is not stopped by its counting."""
        if not settings.COUNT_DOWNLOADS:
            return
        try:
            spool().write(self._finished(sent))
        except (OSError, ValueError) as error:
            logger.warning("A delivery was not noted: %s", type(error).__name__)

    def _finished(self, sent: int) -> DeliveryNote:
        address = address_of(self._meta)
        agent = self._meta["HTTP_USER_AGENT"][:LONGEST_AGENT]
        one = self._enclosure
        return DeliveryNote(
            at_ms=self._at_ms,
            episode=one.episode,
            audio=one.sha8,
            audio_bytes=one.audio_bytes,
            needed=one.needed,
            client=salts().key(address, agent, datetime.fromtimestamp(self._at_ms / 1000, UTC)),
            agent=agent,
            place=place_of(self._meta["HTTP_REFERER"]),
            method=self._method,
            status=self._status,
            first=self._first,
            asked_last=asked_last(self._meta["HTTP_RANGE"], one.audio_bytes),
            sent=sent,
            data_centre=address in data_centres(),
            source="disk",
        )


def address_of(meta: Mapping[str, str]) -> str:
    """The client's address, as far as our own proxies vouch for it; for hashing only, never to be kept."""
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)


def asked_last(range_header: str, audio_bytes: int) -> int | None:
    """The last byte a Range header names within the file; None without a range that was followed."""
    wanted = parse_range(range_header, audio_bytes)
    return wanted.last if isinstance(wanted, ByteRange) else None


def place_of(referrer: str) -> str:
    """Where the sound was started: "embed", "site", a web player's name, or "" for apps and unknown places."""
    if not referrer:
        return ""
    try:
        parts = urlsplit(referrer[:LONGEST_AGENT])
        host = parts.hostname
    except ValueError:
        return ""
    if host and host == urlsplit(settings.SITE_URL).hostname:
        return "embed" if parts.path.endswith("/embed/") else "site"
    return web_player(referrer)[:60]


def spool() -> Spool:
    """Where this installation's notes wait to be counted."""
    return _spool_in(_folder())


def salts() -> DailySalts:
    """The day's key for telling listeners apart.

    Who reads the sender's log after midnight needs yesterday's key for one day more.
    """
    return _salts_in(_folder(), 0 if settings.AUDIO_DELIVERY == "disk" else 1)


def salts_for_a_log() -> DailySalts:
    """Keys for a log whose lines are of any days, in any order; afterwards `salts().forget_before()` is due."""
    return DailySalts(_folder(), days_kept=10_000)


def data_centres() -> Networks:
    """The networks no listener sits in, from the file DATA_CENTRE_NETWORKS names; none without it."""
    return _networks_in(settings.DATA_CENTRE_NETWORKS)


def _folder() -> Path:
    return _folder_in(settings.VAR_DIR)


@lru_cache(maxsize=8)
def _folder_in(var: str | Path) -> Path:
    return Path(var) / "deliveries"


@lru_cache(maxsize=8)
def _spool_in(folder: Path) -> Spool:
    return Spool(folder)


@lru_cache(maxsize=8)
def _salts_in(folder: Path, days_kept: int) -> DailySalts:
    # Only where web servers may share no disk: elsewhere the key never leaves the machine.
    return DailySalts(folder, days_kept, _agreed if settings.AUDIO_DELIVERY == "s3" else None)


def _agreed(day: date, proposed: bytes) -> bytes:
    """The key of whichever web server came first today, or the proposed one while the database is silent.

    It lies in the cache, which the servers share and no backup holds, for the day and the one after.
    """
    name = f"day-key-{day.isoformat()}"

    def ask() -> bytes:
        cache.add(name, proposed.hex(), 2 * 24 * 3600)
        return bytes.fromhex(str(cache.get(name) or proposed.hex()))

    try:
        return breaker.ask(ask, LONG_SECONDS)
    except Silent:
        return proposed


@lru_cache(maxsize=8)
def _networks_in(path: str) -> Networks:
    return Networks(Path(path).read_text(encoding="utf-8").splitlines() if path else [])
