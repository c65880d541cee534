"""Rows that many pages share, kept by this process while the site's mark stands."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Found = TypeVar("Found")

# Some 50 kB each, in every process.
MOST_KEPT = 30

_kept: tuple[str, dict[Hashable, object]] = ("", {})


def keep(mark: str, key: Hashable, read: Callable[[], Found]) -> Found:
    """What was read under this mark, else what `read` gives now; nothing (None) is not kept.

    Read after the mark was, so never older than it. To be looked at only: other threads have the same objects.
    """
    global _kept
    own, rows = _kept
    if own != mark:
        own, rows = _kept = (mark, {})
    found = rows.get(key)
    if found is None:
        found = read()
        if found is not None:
            if len(rows) >= MOST_KEPT:
                rows.clear()
            rows[key] = found
    return found  # type: ignore[return-value]  # each key has its one kind of rows
