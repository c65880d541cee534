"""Look at this site as a podcast app does, through the front door, and say what an app would not like."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import mail_admins
from django.urls import reverse

from episodes.models import Episode, Show
from episodes.models.fields import private_storage
from publishing.outgoing import Answer, OutgoingError, request, shown
from publishing.rss.feed_shapes import Feed, FeedEnclosure
from publishing.rss.foreign_xml import FeedError
from publishing.rss.reader import read_feed

logger = logging.getLogger(__name__)

MOST_FEED_BYTES = 60_000_000
_SECONDS = 30


def find_faults() -> list[str]:
    """Everything an app, a browser or a directory would stumble over, as sentences; empty = all is well.

    Each public show: its feed (200, right type, whole XML, 304 for who has it), its newest audio (200 and 206, the
    length the feed says), its cover, the newest episode's page; and the stored size of every published file.
    """
    faults: list[str] = []
    shows = Show.objects.filter(pk__in=Episode.objects.published().values("show")).order_by("slug")
    for show in shows:
        try:
            faults += _faults_of(show)
        except OutgoingError as error:
            faults.append(f"{show.slug}: {error}")
    faults += _stored_sizes()
    return faults


def check_and_tell() -> list[str]:
    """The hourly job: mail when something has become wrong, and when it has become right again."""
    faults = find_faults()
    remembered = Path(settings.VAR_DIR) / "self-check.json"
    before = _remembered(remembered)
    if faults != before:
        remembered.parent.mkdir(parents=True, exist_ok=True)
        partial = remembered.with_suffix(".partial")
        partial.write_text(json.dumps(faults, ensure_ascii=False), encoding="utf-8")
        partial.replace(remembered)
        _tell(faults)
    return faults


def _tell(faults: list[str]) -> None:
    if faults:
        logger.error("Self-check: %d faults. %s", len(faults), " ".join(faults))
        mail_admins(f"{len(faults)} faults found", "\n".join(f"- {fault}" for fault in faults), fail_silently=True)
    else:
        logger.info("Self-check: all is well again.")
        mail_admins("All is well again", "The site's look at itself finds no fault any more.", fail_silently=True)


def _faults_of(show: Show) -> Iterator[str]:
    address = settings.SITE_URL + reverse("publishing:feed", args=[show.slug])
    answer = _ask("GET", address, most_bytes=MOST_FEED_BYTES)
    if answer.status in (301, 302, 410) or show.moved_to:
        return  # the show has moved away; apps are led on
    if answer.status != 200:
        yield f"The feed of {show.slug} answers {answer.status} instead of 200."
        return
    if answer.mime != "application/rss+xml":
        yield f"The feed of {show.slug} says it is {answer.mime or 'nothing'} instead of application/rss+xml."
    try:
        feed = read_feed(answer.body, answer.charset)
    except FeedError as error:
        yield f"The feed of {show.slug} cannot be read: {error}"
        return
    yield from (f"The feed of {show.slug}: {sentence}" for sentence in feed.mended)
    if not feed.items:
        yield f"The feed of {show.slug} holds no episode, although one is public."
        return
    etag = answer.headers.get("etag", "")
    again = _ask("GET", address, headers={"If-None-Match": etag}, most_bytes=MOST_FEED_BYTES)
    if not etag or again.status != 304:
        yield f"The feed of {show.slug} answers {again.status} instead of 304 to whoever has it already."
    yield from _audio_faults(show, feed)
    yield from _picture_faults(show, feed)
    newest = feed.items[0]
    if newest.link and (page := _ask("GET", newest.link)).status != 200:
        yield f'The page of "{newest.title}" answers {page.status} instead of 200.'


def _audio_faults(show: Show, feed: Feed) -> Iterator[str]:
    item = feed.items[0]
    if item.enclosure is None or not item.enclosure.length:
        yield f'"{item.title}" has no audio in the feed of {show.slug}.'
        return
    yield from _enclosure_faults(item.title, item.enclosure)


def _enclosure_faults(title: str, enclosure: FeedEnclosure) -> Iterator[str]:
    head = _ask("HEAD", enclosure.url)
    length = head.headers.get("content-length", "")
    if head.status != 200 or length != str(enclosure.length):
        yield (
            f'The audio of "{title}" answers {head.status} with {length or "no"} bytes; '
            f"the feed says {enclosure.length}."
        )
        return
    part = _ask("GET", enclosure.url, headers={"Range": "bytes=0-1"})
    if (
        part.status != 206
        or part.size != 2
        or not part.headers.get("content-range", "").endswith(f"/{enclosure.length}")
    ):
        yield f'The audio of "{title}" answers {part.status} with {part.size} bytes when asked for its first two.'
    elif part.mime != enclosure.mime:
        yield f'The audio of "{title}" says it is {part.mime}; the feed says {enclosure.mime}.'


def _picture_faults(show: Show, feed: Feed) -> Iterator[str]:
    if feed.show.image_url and (cover := _ask("HEAD", feed.show.image_url)).status != 200:
        yield f"The cover of {show.slug} answers {cover.status} instead of 200."


def _stored_sizes() -> Iterator[str]:
    """The file of every published episode is there, as long as its row says."""
    storage = private_storage()
    for pk, name, size, title in Episode.objects.published().values_list("pk", "audio", "audio_bytes", "title"):
        try:
            found = storage.size(name)
        except (OSError, ValueError):
            yield f'The audio file of "{title}" (episode {pk}) is not in the storage.'
            continue
        if found != size:
            yield f'The audio file of "{title}" (episode {pk}) has {found} bytes instead of {size}.'


def _ask(method: str, url: str, *, headers: dict[str, str] | None = None, most_bytes: int = 20_000_000) -> Answer:
    """Our own address may lie in a private network; no other may."""
    own = urlsplit(settings.SITE_URL)
    port = own.port or (443 if own.scheme == "https" else 80)
    url = urljoin(settings.SITE_URL, url)
    try:
        return request(
            method, url, headers=headers, most_bytes=most_bytes, timeout_seconds=_SECONDS,
            trusted=f"{own.hostname}:{port}",
        )  # fmt: skip
    except OutgoingError as error:
        raise OutgoingError(f"{shown(url)} could not be asked: {error}") from error


def _remembered(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
