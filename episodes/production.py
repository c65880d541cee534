"""The verbs of the producers' desk: every change of an episode that takes more than storing a form."""

import logging
from datetime import datetime

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from episodes.artwork import ArtworkError, Picture, prepare_cover, prepare_picture
from episodes.audio.probe import AudioError, AudioInfo, probe_audio
from episodes.audio_orders import renew_tags
from episodes.chapters import ChapterMark
from episodes.filing import keep_bytes, keep_file, local_path
from episodes.models import Chapter, Episode, Show, Speaker
from episodes.models.episode import AUDIO_FACTS
from episodes.models.fields import private_storage
from episodes.picture_work import order_sizes
from episodes.preview import withdraw_links
from episodes.readiness import Check, readiness, summarise

logger = logging.getLogger(__name__)


class NotReadyError(ValueError):
    """The episode cannot be published; the message says what it needs, `checks` where."""

    def __init__(self, checks: list[Check]):
        super().__init__(summarise(checks))
        self.checks = checks


def attach_audio(episode: Episode, upload: File, most_bytes: int | None = None) -> AudioInfo:
    """Store the upload as the episode's audio and record its length, size and type.

    The file gets a name of ours, made from its content; a row never names a file that is not there whole.
    Raises AudioError or FilingError, before anything is stored, when it is not audio we can serve or keep.
    """
    with local_path(upload) as path:
        info = probe_audio(path, most_bytes)
        if not info.served:
            raise AudioError(
                f"This is {info.kind.upper()}, which is too large for listeners. Export it as MP3, "
                'or let the show convert uploads: its setting "Encode audio".'
            )
        name = keep_file(private_storage(), f"audio/{info.sha256}.{info.extension}", path)
    use_audio(episode, name, info)
    return info


@transaction.atomic
def use_audio(episode: Episode, stored_name: str, info: AudioInfo) -> None:
    """Make a stored file the episode's enclosure: file, size, type and length change together."""
    locked = Episode.objects.select_for_update().get(pk=episode.pk)
    changed = locked.audio_sha256 != info.sha256
    for row in (locked, episode):
        row.audio = stored_name
        row.audio_bytes = info.audio_bytes
        row.audio_mime = info.mime
        row.audio_sha256 = info.sha256
        row.audio_tag_bytes = info.tag_bytes
        row.duration_ms = info.duration_ms
        row.bitrate_bps = info.bitrate_bps
        row.channels = info.channels
        row.sample_rate_hz = info.sample_rate_hz
        if changed:
            row.audio_changed_at = timezone.now()
            row.loudness_lufs = row.true_peak_dbtp = None
    if changed:
        locked.save(
            update_fields=["audio", "audio_sha256", *AUDIO_FACTS, "loudness_lufs", "true_peak_dbtp", "changed_at"]
        )
        logger.info("Audio of episode %s is now %s.", episode.pk, info.sha256[:8])


def attach_artwork(owner: Show | Episode, upload: File) -> Picture:
    """Store the upload as the cover of a show or an episode, clean and square; its smaller sizes are ordered.

    Raises ArtworkError or FilingError before anything is stored.
    """
    picture = prepare_cover(_read(upload))
    name = keep_bytes(default_storage, f"artwork/{picture.sha256}.{picture.extension}", picture.content)
    fields = {
        "artwork": name,
        "artwork_width_px": picture.width_px,
        "artwork_bytes": len(picture.content),
        "artwork_mime": picture.mime,
        "artwork_renditions": [],
    }
    with transaction.atomic():
        _set(owner, fields)
        order_sizes(name)
    return picture


def attach_photo(speaker: Speaker, upload: File) -> Picture:
    """Store the upload as a person's photo; its smaller squares are ordered. Raises as attach_artwork."""
    picture = prepare_picture(_read(upload))
    name = keep_bytes(default_storage, f"people/{picture.sha256}.{picture.extension}", picture.content)
    with transaction.atomic():
        _set(speaker, {"photo": name, "photo_width_px": picture.width_px, "photo_renditions": []})
        order_sizes(name)
    return picture


def attach_chapter_picture(chapter: Chapter, upload: File, alt: str) -> Picture:
    """Store the upload as a chapter's picture, of any shape, with the words for it; its smaller squares are ordered.

    Raises as attach_artwork.
    """
    picture = prepare_picture(_read(upload), "picture")
    name = keep_bytes(default_storage, f"chapters/{picture.sha256}.{picture.extension}", picture.content)
    chapter.image, chapter.image_alt, chapter.image_renditions = name, alt, []
    with transaction.atomic():
        chapter.save(update_fields=["image", "image_alt", "image_renditions"])
        order_sizes(name)
    return picture


def detach_chapter_picture(chapter: Chapter) -> None:
    """Take a chapter's picture away; its file goes with the next sweep, when nobody else shows it."""
    chapter.image, chapter.image_alt, chapter.image_renditions = "", "", []
    chapter.save(update_fields=["image", "image_alt", "image_renditions"])


@transaction.atomic
def replace_chapters(episode: Episode, marks: list[ChapterMark]) -> None:
    """Make these the episode's chapters. A chapter that keeps its start keeps its picture and the words for it."""
    Episode.objects.select_for_update().get(pk=episode.pk)
    columns = ("image", "image_alt", "image_renditions")
    pictures = {row.pop("start_ms"): row for row in episode.chapters.exclude(image="").values("start_ms", *columns)}
    episode.chapters.all().delete()
    Chapter.objects.bulk_create(
        Chapter(
            episode=episode,
            start_ms=mark.start_ms,
            title=mark.title,
            link=mark.link,
            listed=mark.listed,
            **pictures.get(mark.start_ms, {}),
        )
        for mark in marks
    )


def chapter_marks(episode: Episode) -> list[ChapterMark]:
    return [ChapterMark(c.start_ms, c.title, c.link, c.listed) for c in episode.chapters.order_by("start_ms")]


@transaction.atomic
def publish(episode: Episode, at: datetime | None = None) -> None:
    """Make the episode public from `at` (aware; None = now, or its first date when it is or was public).

    A moment in the future schedules it: everything opens by itself then. Raises NotReadyError, and changes nothing,
    when something that blocks is missing at this very moment, whatever was shown before; ValueError for an episode that
    was thrown away, or is live and would be closed until that moment.
    The date goes into the file's tags: the work is ordered here, and the file stays as it is until that is complete.
    """
    locked = Episode.objects.select_for_update().select_related("show").get(pk=episode.pk)
    checks = readiness(locked)
    if locked.deleted_at is not None:
        raise ValueError("This episode was thrown away. Restore it first.")
    if any(check.blocks for check in checks):
        raise NotReadyError([check for check in checks if check.blocks])
    if locked.is_published and at is not None and at > timezone.now():
        raise ValueError("This episode is live. Withdraw it first, then choose when it is to open again.")
    has_been_out = locked.state == Episode.State.WITHDRAWN or locked.is_published
    when = at or (locked.published_at if has_been_out else None) or timezone.now()
    _set(episode, {"state": Episode.State.PUBLIC, "published_at": when, "version": locked.version + 1})
    renew_tags(episode)
    logger.info("Episode %s of show %s is public from %s.", episode.pk, locked.show.slug, when.isoformat())


def schedule(episode: Episode, at: datetime) -> None:
    """Publish at a moment that lies ahead. Raises ValueError when it is past, NotReadyError as publish does."""
    if at <= timezone.now():
        raise ValueError("This moment has passed. Choose a later one, or publish now.")
    publish(episode, at)


@transaction.atomic
def withdraw(episode: Episode) -> None:
    """Close the episode everywhere at once, preview links included. GUID, date, address and files stay, so that it can
    return as the same."""
    locked = Episode.objects.select_for_update().get(pk=episode.pk)
    if locked.state != Episode.State.PUBLIC:
        raise ValueError("Only a public or scheduled episode can be withdrawn.")
    was_live = locked.is_published
    state = Episode.State.WITHDRAWN if was_live else Episode.State.DRAFT
    _set(episode, {"state": state, "version": locked.version + 1})
    withdraw_links(episode)
    logger.info("Episode %s was withdrawn.", episode.pk)


@transaction.atomic
def discard(episode: Episode) -> None:
    """Throw the episode away so that it can be taken back: it is hidden everywhere, nothing is deleted.

    Preview links end for good: one that was given away must not open again because somebody restores the episode.
    """
    Episode.objects.select_for_update().get(pk=episode.pk)
    _set(episode, {"deleted_at": timezone.now()})
    withdraw_links(episode)
    logger.info("Episode %s was thrown away.", episode.pk)


@transaction.atomic
def restore(episode: Episode) -> None:
    """Take an episode back from the bin, as a draft or withdrawn: nothing goes live by being restored.

    What was still scheduled when it was thrown away has never been out, so its date is not kept for a return.
    """
    locked = Episode.objects.select_for_update().get(pk=episode.pk)
    thrown_away_at = locked.deleted_at or timezone.now()
    never_out = locked.published_at is None or locked.published_at > thrown_away_at
    is_draft = locked.state == Episode.State.DRAFT or (locked.state == Episode.State.PUBLIC and never_out)
    state = Episode.State.DRAFT if is_draft else Episode.State.WITHDRAWN
    _set(episode, {"deleted_at": None, "state": state})
    logger.info("Episode %s was restored.", episode.pk)


def bump_version(episode: Episode) -> None:
    """Tell every open form that the episode has changed since."""
    Episode.objects.filter(pk=episode.pk).update(version=F("version") + 1)
    episode.refresh_from_db(fields=["version"])


def _set(row: Show | Episode | Speaker, values: dict[str, object]) -> None:
    """Write these columns and no others: a form that is open elsewhere must not be undone by us."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "changed_at"])


def _read(upload: File) -> bytes:
    if upload.size is not None and upload.size > 40_000_000:
        raise ArtworkError(f"This picture has {upload.size / 1e6:.0f} MB; 30 MB are the limit. Export it as JPEG.")
    upload.seek(0)
    return upload.read()
