"""The tags an episode's file gets, made from its rows."""

import logging

from episodes.artwork import make_renditions
from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.models import Episode, Show
from episodes.production import chapter_marks
from episodes.shownotes import cut_at_word

COVER_PX = 768
_COMMENT_BYTES = 2000
logger = logging.getLogger(__name__)


def tags_of(episode: Episode, duration_ms: int) -> EpisodeTags:
    """Title, show, author, date, cover and chapters as they are now; the same rows give the same tags."""
    marks = chapter_marks(episode)
    ends = [*(mark.start_ms for mark in marks), duration_ms][1:]
    chapters = [
        TagChapter(mark.start_ms, max(end, mark.start_ms), mark.title, mark.link, mark.listed)
        for mark, end in zip(marks, ends, strict=True)
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
