"""How often one sender may ask for something costly, counted in memory by a key that dies with the process."""

import hashlib
import secrets
import threading
import time

MOST_SENDERS = 20_000


class Ration:
    """A bucket for each sender: full at first, refilled evenly.

    Nothing is kept about anyone but a keyed digest and a number, for as long as the bucket is not full again. Each web
    process counts for itself, so a sender gets at most this many times the number of processes.
    """

    def __init__(self, each: float = 60.0) -> None:
        self._each = each
        self._key = secrets.token_bytes(16)
        self._spent: dict[bytes, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, sender: str, most: int, at: float | None = None) -> float:
        """Take one of `most` in `each` seconds. Returns 0, or in how many seconds the next one may be taken."""
        now = time.monotonic() if at is None else at
        who = hashlib.blake2b(sender.encode(), key=self._key, digest_size=12).digest()
        per_second = most / self._each
        with self._lock:
            spent, since = self._spent.get(who, (0.0, now))
            spent = max(0.0, spent - (now - since) * per_second)
            if spent + 1 > most:
                return (spent + 1 - most) / per_second
            if len(self._spent) >= MOST_SENDERS and who not in self._spent:
                self._forget_the_idle(now)
            self._spent[who] = (spent + 1, now)
        return 0.0

    def forget(self) -> None:
        with self._lock:
            self._spent.clear()

    def _forget_the_idle(self, now: float) -> None:
        """Buckets that are full again are as good as none; if all are in use, the room is made by starting anew."""
        self._spent = {who: kept for who, kept in self._spent.items() if now - kept[1] < self._each}
        if len(self._spent) >= MOST_SENDERS:
            self._spent.clear()
