"""Finding the audio a listener may have now, whether or not the database answers."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from downloads.counting.iab import threshold_bytes
from downloads.delivery.enclosures import AudioFile, Enclosure, EnclosureList
from downloads.delivery.patience import LONG_SECONDS, SHORT_SECONDS, Silent, breaker
from episodes.audio.kinds import SMALL_EXTENSION
from episodes.models import Episode, FormerAudio

logger = logging.getLogger(__name__)

# How long one process believes what it found. A change made through the site is seen at once all the same: it replaces
# the list on disk, and with it what every process remembers.
BELIEF_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 10.0


class Unknowable(Exception):
    """The database does not answer and the list on disk has nothing published at this address."""


@dataclass(frozen=True)
class Moved:
    """The address was right once; this is what stands there now."""

    to: Enclosure


def find(show_slug: str, slug: str, sha8: str, extension: str) -> Enclosure | Moved | None:
    """The published audio at an enclosure's address, or where it went; None for a draft as for a name nobody used.

    Raises Unknowable while nothing can be said.
    """
    enclosure = _find_episode(show_slug, slug)
    if enclosure is not None and (asked := enclosure.at(sha8, extension)):
        return asked
    one = enclosure or _at_former_address(show_slug, slug)
    if one is None or sha8 not in (*(file.sha8 for file in one.files()), *one.former):
        return None
    return Moved(one.instead_of(extension))


def recall(show_slug: str, slug: str) -> Enclosure | None:
    """The published audio as this process found it a moment ago; None when it has to be looked up."""
    known = _memory.get((show_slug, slug))
    if known is None or time.monotonic() >= known.until or known.version != published_list().version():
        return None
    return known.enclosure if known.enclosure.is_out(timezone.now()) else None


def refresh_list() -> bool:
    """Make the list on disk equal to the database: every public episode, also those whose hour has not come.

    Raises OSError when it cannot be written, or another process does not get done with it.
    """
    public = Episode.objects.kept().filter(state=Episode.State.PUBLIC)
    with _one_at_a_time():
        changed = published_list().replace(_enclosures(public))
        show_to_front_server()
    return changed


def show_to_front_server() -> None:
    """Make the folder from which nginx sends without asking hold links to exactly what is published now.

    None at all while nginx is not to send: a front server that still looks there must find nothing outdated.
    """
    now = timezone.now()
    folder = Path(settings.VAR_DIR) / "published"
    wanted = {
        folder / one.show_slug / one.slug / f"{one.sha8}.{one.extension}": Path(settings.PRIVATE_MEDIA_ROOT) / one.file
        for listed in (published_list().all() if settings.AUDIO_DELIVERY == "nginx" else [])
        for one in listed.files()
        if one.is_out(now)
    }
    for link in folder.glob("*/*/*"):
        if link not in wanted or os.readlink(link) != str(wanted[link]):
            link.unlink(missing_ok=True)
    for link, target in wanted.items():
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            try:
                link.symlink_to(target)
            except FileExistsError:
                continue  # another process made it


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """From the reading of the rows to the last link: or what was read before a change would replace what came after."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    # The folder itself is locked, since a full disk takes no new file. Who is killed lets go.
    lock = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError("another process does not get done with it") from None
                time.sleep(0.01)
        yield
    finally:
        os.close(lock)


def published_list() -> EnclosureList:
    """The list of this installation, in VAR_DIR."""
    return _list_at(Path(settings.VAR_DIR) / "published.json")


@lru_cache(maxsize=8)
def _list_at(path: Path) -> EnclosureList:
    return EnclosureList(path)


def _find_episode(show_slug: str, slug: str) -> Enclosure | None:
    """The published episode's audio, by the database, or by the list while the database is silent."""
    known = recall(show_slug, slug)
    if known:
        return known
    on_disk = published_list()
    version = on_disk.version()
    published = Episode.objects.published().filter(show__slug=show_slug, slug=slug)
    listed = on_disk.find(show_slug, slug)
    try:
        found = breaker.ask(lambda: next(_enclosures(published), None), SHORT_SECONDS if listed else LONG_SECONDS)
    except Silent:
        # The same for what is only scheduled as for a name nobody used.
        if listed is None or not listed.is_out(timezone.now()):
            raise Unknowable from None
        return listed
    _remember(show_slug, slug, found, version)
    return found


def _at_former_address(show_slug: str, slug: str) -> Enclosure | None:
    """The published episode that was once at this address, by the slugs its show and itself have had."""
    published = Episode.objects.published()
    of_show = published.filter(show__slug=show_slug) | published.filter(show__former_slugs__slug=show_slug)
    episodes = (of_show.filter(slug=slug) | of_show.filter(former_slugs__slug=slug)).distinct()
    try:
        return breaker.ask(lambda: next(_enclosures(episodes), None), LONG_SECONDS)
    except Silent:
        return None


def _enclosures(episodes: QuerySet[Episode]) -> Iterator[Enclosure]:
    """The audio of these episodes; two queries, whatever their number."""
    # A public row has all of these: constraint episode_public_has_date_and_audio.
    rows: list[tuple[Any, ...]] = list(
        episodes.exclude(audio="").values_list(
            "id",
            "show__slug",
            "slug",
            "audio",
            "audio_bytes",
            "audio_mime",
            "audio_sha256",
            "audio_tag_bytes",
            "bitrate_bps",
            "audio_changed_at",
            "published_at",
            "title",
            "show__title",
            *(
                f"small_audio__{name}"
                for name in ("file", "audio_bytes", "mime", "sha256", "bitrate_bps", "changed_at")
            ),
        )
    )
    former: dict[int, list[str]] = {}
    for episode, sha256 in FormerAudio.objects.filter(episode_id__in=[row[0] for row in rows]).values_list(
        "episode_id", "sha256"
    ):
        former.setdefault(episode, []).append(sha256[:8])
    for row in rows:
        (episode, show_slug, slug, file, size, mime, sha256, tag, bitrate, changed_at, published_at, title, show) = row[
            :13
        ]
        yield Enclosure(
            episode=episode,
            show_slug=show_slug,
            slug=slug,
            file=file,
            audio_bytes=size,
            mime=mime,
            sha256=sha256,
            extension=Episode(audio_mime=mime).audio_extension,
            needed=threshold_bytes(size, tag, bitrate or 0),
            changed_at=changed_at or published_at,
            published_at=published_at,
            title=f"{show} - {title}",
            former=tuple(sorted(former.get(episode, []))),
            small=_small(*row[13:]) if row[13] else None,
        )


def _small(file: str, size: int, mime: str, sha256: str, bitrate: int, changed_at: datetime) -> AudioFile:
    # Its tags are a few hundred bytes, which are taken as sound.
    return AudioFile(file, size, mime, sha256, SMALL_EXTENSION, threshold_bytes(size, 0, bitrate), changed_at)


@dataclass(frozen=True)
class _Known:
    enclosure: Enclosure
    version: tuple[int, int, int] | None
    until: float


_memory: dict[tuple[str, str], _Known] = {}


def _remember(show_slug: str, slug: str, found: Enclosure | None, version: tuple[int, int, int] | None) -> None:
    """Keep what the database said, here for a moment and on disk for bad times.

    What a transaction sees may never come true, so nothing of it is kept.
    """
    if connection.in_atomic_block:
        return
    listed = published_list().find(show_slug, slug)
    if listed != found and not (found is None and listed is not None and not listed.is_out(timezone.now())):
        try:
            refresh_list()
        except (OSError, DatabaseError) as error:
            logger.error("The list of published audio could not be written: %s", error)
        version = published_list().version()
    if found is None:
        _memory.pop((show_slug, slug), None)
        return
    if len(_memory) > 10_000:
        _memory.clear()
    _memory[(show_slug, slug)] = _Known(found, version, time.monotonic() + BELIEF_SECONDS)
