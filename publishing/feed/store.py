"""The last good feed of every show, on disk: what answers while the database is silent or a build fails."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from publishing.rss.feed_file import About, FeedFile, FeedFileError, read_about, replace_file

logger = logging.getLogger(__name__)


def load(show_id: int) -> FeedFile | None:
    """The kept feed; None when there is none, or when its file is damaged (which is logged)."""
    path = _path(show_id)
    try:
        return FeedFile.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, FeedFileError) as error:
        logger.warning("The kept feed %s cannot be used: %s", path.name, error)
        return None


def about(show_id: int) -> About | None:
    """What the kept feed of this show is of; None when there is none."""
    return _about(_path(show_id))


def about_slug(slug: str) -> About | None:
    """What is kept for the show of this slug; asks no database."""
    found = [kept for kept in _all() if kept.slug == slug]
    return max(found, key=lambda kept: kept.age, default=None)


def keep(feed: FeedFile) -> None:
    """Keep a build, unless what is kept shows a later state. Raises OSError."""
    path = _path(feed.about.show_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        kept = _about(path)
        if kept is not None and kept.release == feed.about.release and kept.age > feed.about.age:
            return
        replace_file(path, feed.to_bytes())


def announced(show_id: int) -> str:
    """The mark of the feed that was announced last; "" when none was."""
    try:
        return _announced_path(show_id).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def note_announced(show_id: int, mark: str) -> bool:
    """Note that the feed of this mark is being announced; False when it already was. Raises OSError."""
    path = _path(show_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if announced(show_id) == mark:
            return False
        replace_file(_announced_path(show_id), mark.encode("ascii"))
        return True


def forget_announced(show_id: int) -> None:
    """Take the note back: nobody was told."""
    _announced_path(show_id).unlink(missing_ok=True)


def forget(show_id: int) -> None:
    """Drop the feed of a show that is gone."""
    path = _path(show_id)
    for one in (path, _announced_path(show_id), path.with_suffix(".lock")):
        one.unlink(missing_ok=True)


def kept_shows() -> list[int]:
    return [kept.show_id for kept in _all()]


def _all() -> Iterator[About]:
    for path in sorted(_folder().glob("*.feed")):
        if (kept := _about(path)) is not None:
            yield kept


def _about(path: Path) -> About | None:
    try:
        return read_about(path)
    except (OSError, FeedFileError):
        return None


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "feeds"


def _path(show_id: int) -> Path:
    return _folder() / f"{show_id}.feed"


def _announced_path(show_id: int) -> Path:
    return _folder() / f"{show_id}.announced"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time, of all processes."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
