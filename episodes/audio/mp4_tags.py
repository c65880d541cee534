"""The tags inside an M4A: written over the old ones, the sound untouched."""

from pathlib import Path

from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4StreamInfoError
from mutagen.mp4 import error as Mp4Error

from episodes.audio.id3 import EpisodeTags


class TagError(ValueError):
    """The tags cannot be written; the message says so to a producer."""


def write_mp4(path: Path, tags: EpisodeTags) -> None:
    """Replace all tags of the M4A at `path` with these (chapters cannot be written). Raises TagError."""
    try:
        file = MP4(str(path))
        file.delete()
        file = MP4(str(path))
        if file.tags is None:
            file.add_tags()
        values = {"\xa9nam": tags.title, "\xa9ART": tags.author, "\xa9alb": tags.show, "\xa9day": tags.date}
        values |= {"\xa9gen": "Podcast", "\xa9cmt": tags.comment}
        for name, value in values.items():
            if value:
                file[name] = [value]
        if tags.cover:
            file["covr"] = [MP4Cover(tags.cover, AtomDataType.JPEG)]
        if tags.number:
            file["trkn"] = [(tags.number, 0)]
        file.save()
    except (Mp4Error, MP4StreamInfoError, ValueError, OSError) as error:
        raise TagError("The tags of this M4A cannot be written: its structure is unusual. Export it again.") from error
