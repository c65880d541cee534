"""The tags an episode's file gets, made from its rows."""

import logging

from django.db.models.fields.files import FieldFile

from episodes.artwork import shrink
from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.models import Chapter, Episode, Show
from episodes.shownotes import cut_at_word

# All of a tag is fetched before the first sound, on a slow line at 50 kB a second. These pictures are for who keeps the
# file: apps take the large cover from the feed, and the chapters' pictures from the feed's chapters.
COVER_PX, MOST_COVER_BYTES = 500, 25_000
CHAPTER_PICTURE_PX = 400
MOST_CHAPTER_PICTURES_BYTES, LEAST_CHAPTER_PICTURE_BYTES = 75_000, 4_000
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
    """A small JPEG for each chapter that has a picture; none for any where there are so many that nothing is seen."""
    count = sum(bool(chapter.image) for chapter in chapters)
    most = MOST_CHAPTER_PICTURES_BYTES // max(1, count)
    if most < LEAST_CHAPTER_PICTURE_BYTES:
        return [b""] * len(chapters)
    return [_small(chapter.image, CHAPTER_PICTURE_PX, min(most, MOST_COVER_BYTES)) for chapter in chapters]


def _small_cover(owner: Show | Episode) -> bytes:
    return _small(owner.artwork, COVER_PX, MOST_COVER_BYTES)


def _small(picture: FieldFile, most_px: int, most_bytes: int) -> bytes:
    """Nothing when the file is away: tags without a picture are better than no episode."""
    if not picture:
        return b""
    try:
        with picture.open("rb") as file:
            return shrink(file.read(), most_px, most_bytes)
    except OSError:
        logger.warning("The picture %s cannot be read.", picture.name)
        return b""
