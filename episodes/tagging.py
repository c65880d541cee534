"""The tags an episode's file gets, made from its rows."""

import logging

from episodes.artwork import make_renditions, shrink
from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.models import Chapter, Episode, Show
from episodes.shownotes import cut_at_word

COVER_PX = 768
CHAPTER_PICTURE_PX = 400
# All of it is fetched before the first sound; apps that want the pictures also find them by the feed's chapters.
MOST_CHAPTER_PICTURES_BYTES = 1_000_000
_COMMENT_BYTES = 2000
logger = logging.getLogger(__name__)


def tags_of(episode: Episode, duration_ms: int) -> EpisodeTags:
    """Title, show, author, date, cover and chapters as they are now; the same rows give the same tags."""
    rows = list(episode.chapters.order_by("start_ms"))
    ends = [*(row.start_ms for row in rows), duration_ms][1:]
    chapters = [
        TagChapter(row.start_ms, max(end, row.start_ms), row.title, row.link, row.listed, picture)
        for row, end, picture in zip(rows, ends, _chapter_pictures(rows), strict=True)
    ]
    return EpisodeTags(
        title=episode.title,
        show=episode.show.title,
        author=episode.show.author,
        date=f"{episode.published_at:%Y-%m-%d}" if episode.published_at else "",
        number=episode.number or None,
        comment=cut_at_word(episode.disclosure or episode.summary, _COMMENT_BYTES),
        cover=_small_cover(episode) or _small_cover(episode.show),
        chapters=chapters,
    )


def _chapter_pictures(chapters: list[Chapter]) -> list[bytes]:
    """A small JPEG for each chapter that has a picture; none for any when together they would delay the sound."""
    pictures = [_chapter_picture(chapter) for chapter in chapters]
    if sum(map(len, pictures)) > MOST_CHAPTER_PICTURES_BYTES:
        return [b""] * len(pictures)
    return pictures


def _chapter_picture(chapter: Chapter) -> bytes:
    if not chapter.image:
        return b""
    try:
        with chapter.image.open("rb") as file:
            return shrink(file.read(), CHAPTER_PICTURE_PX)
    except OSError:
        logger.warning("The picture of chapter %s cannot be read.", chapter.pk)
        return b""


def _small_cover(owner: Show | Episode) -> bytes:
    """A cover of 768 pixels; none when the file is away: tags without a picture are better than no episode."""
    if not owner.artwork:
        return b""
    try:
        with owner.artwork.open("rb") as file:
            return next(r.content for r in make_renditions(file.read(), (COVER_PX,)) if r.format == "jpeg")
    except (OSError, StopIteration):
        logger.warning("The cover of %s %s cannot be read.", owner._meta.model_name, owner.pk)
        return b""
