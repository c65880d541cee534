"""The tags and chapters inside an M4A: written anew, the sound untouched."""

import shutil
from fractions import Fraction
from pathlib import Path

from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4StreamInfoError
from mutagen.mp4 import error as Mp4Error

from episodes.audio.ffmpeg import av
from episodes.audio.id3 import EpisodeTags, TagChapter

_MILLISECONDS = Fraction(1, 1000)
# Of no stated kind, as in the tags of an MP3, and for the same reason: see episodes/audio/id3.py.
_SOME_PICTURE = AtomDataType.IMPLICIT


class TagError(ValueError):
    """The tags cannot be written; the message says so to a producer."""


def write_mp4(source: Path, target: Path, tags: EpisodeTags) -> None:
    """Copy the M4A at `source` to `target` with these tags and chapters and no others.

    Chapters are written in both ways that players read: as QuickTime's track of text and as Nero's list. MP4 knows no
    silent chapters, links or pictures of chapters: those are in the feed's own chapters file. The same input gives the
    same bytes. Raises TagError.
    """
    try:
        _copy_sound(source, target, [chapter for chapter in tags.chapters if chapter.listed])
        file = MP4(str(target))
        file.delete()
        file = MP4(str(target))
        if file.tags is None:
            file.add_tags()
        values = {"\xa9nam": tags.title, "\xa9ART": tags.author, "\xa9alb": tags.show, "\xa9day": tags.date}
        values |= {"\xa9gen": "Podcast", "\xa9cmt": tags.comment}
        for name, value in values.items():
            if value:
                file[name] = [value]
        if tags.cover:
            file["covr"] = [MP4Cover(tags.cover, _SOME_PICTURE)]
        if tags.number:
            file["trkn"] = [(tags.number, 0)]
        file.save()
    except (Mp4Error, MP4StreamInfoError, av.error.FFmpegError, ValueError, OSError) as error:
        raise TagError("The tags of this M4A cannot be written: its structure is unusual. Export it again.") from error


def _copy_sound(source: Path, target: Path, chapters: list[TagChapter]) -> None:
    """As it is, or packet by packet where chapters are to change or the index stands behind the sound."""
    with av.open(str(source), format="mov") as old:
        if not chapters and not old.chapters() and _begins_with_its_index(source):
            shutil.copyfile(source, target)
            return
        # "bitexact" leaves out version and time of writing; "faststart" puts the index where a player looks first.
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(target), "w", format="ipod", options=options) as new:
            track = old.streams.audio[0]
            copy = new.add_stream_from_template(track)
            new.set_chapters(
                [
                    {
                        "id": count,
                        "start": chapter.start_ms,
                        "end": chapter.end_ms,
                        "time_base": _MILLISECONDS,
                        "metadata": {"title": chapter.title},
                    }
                    for count, chapter in enumerate(chapters)
                ]
            )
            for packet in old.demux(track):
                if packet.dts is not None:
                    packet.stream = copy
                    new.mux(packet)


def _begins_with_its_index(path: Path) -> bool:
    """An index at the end costs a player two more journeys to the server before the first sound."""
    with path.open("rb") as file:
        while len(head := file.read(16)) == 16:
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if name in (b"moov", b"mdat"):
                return name == b"moov"
            if length == 1:
                length = int.from_bytes(head[8:], "big")
            if length < 8:
                break
            file.seek(length - 16, 1)
    return True  # of an unusual build: left as it is
