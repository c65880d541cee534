"""Make a small file of speech for slow or costly connections: Opus, mono, 24 kbit/s, in Ogg.

Why Opus: at 24 kbit/s speech stays clear and pleasant, where MP3 and AAC need two to three times as much; half an hour
is 5 MB instead of 22. Every Android since 5, every browser (Safari since 18.4) and the open podcast apps play it. Who
cannot play it has the MP3 beside it, which stays the feed's enclosure, because the directories take nothing else.
Mono, since that is what speech is; 48 kHz, since Opus knows nothing else inside.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.oggopus import OggOpus

from episodes.audio.encode import EncodeError
from episodes.audio.ffmpeg import av
from episodes.audio.filtering import Progress, filtered
from episodes.audio.id3 import EpisodeTags

MIME, CODECS, BITRATE_BPS = "audio/ogg", "opus", 24_000
_RATE_HZ = 48_000
_MIXED_DOWN = [
    ("aresample", str(_RATE_HZ)),
    ("aformat", f"sample_fmts=flt:sample_rates={_RATE_HZ}:channel_layouts=mono"),
    ("asetnsamples", "n=960:p=0"),
]
_MOST_DIFFERENCE_MS = 1_000


@dataclass(frozen=True)
class SmallFile:
    """What came out; `bitrate_bps` is the whole file's average."""

    audio_bytes: int
    bitrate_bps: int
    sha256: str


def encode_small(
    source: Path, target: Path, duration_ms: int, tags: EpisodeTags, progress: Progress = lambda _: None
) -> SmallFile:
    """Write the sound of `source` to `target`, with title, show and chapters but no cover, which would double it.

    The same sound and tags give the same bytes. Raises EncodeError, also when what came out is not as long as
    `duration_ms`, the length of the source.
    """
    try:
        encoded_ms = _write(source, target, progress)
        _tag(target, tags)
    except (av.error.FFmpegError, MutagenError, IndexError, ValueError) as error:
        raise EncodeError(f"The smaller file could not be made. {error}") from error
    if abs(encoded_ms - duration_ms) > _MOST_DIFFERENCE_MS:
        raise EncodeError(
            f"The smaller file would last {encoded_ms / 1000:.0f} seconds instead of {duration_ms / 1000:.0f}, "
            "so it was not used. The audio file itself may be damaged: export it again."
        )
    size = target.stat().st_size
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return SmallFile(size, max(1, size * 8000 // max(1, duration_ms)), sha256)


def _write(source: Path, target: Path, progress: Progress) -> int:
    """Milliseconds of sound written."""
    # Without "bitexact" the stream gets a random number, and the same sound another checksum each time.
    options = {"fflags": "+bitexact"}
    samples = 0
    with (
        av.open(str(source), "r") as container,
        av.open(str(target), "w", format="ogg", options=options) as out,
    ):
        encoder = out.add_stream(
            "libopus", rate=_RATE_HZ, layout="mono", options={"flags": "+bitexact", "vbr": "constrained"}
        )
        encoder.bit_rate = BITRATE_BPS
        for frame in filtered(container, _MIXED_DOWN, progress):
            samples += frame.samples
            frame.pts = None
            out.mux(encoder.encode(frame))
        out.mux(encoder.encode(None))
    progress(1.0)
    return samples * 1000 // _RATE_HZ


def _tag(path: Path, tags: EpisodeTags) -> None:
    """Comments as Ogg players read them; chapters by the names that VLC, AntennaPod and others know.

    Source: xiph.org, VorbisComment field names, and its proposed chapter extension.
    """
    file = OggOpus(str(path))
    comments: Any = file.tags  # there always are some in Ogg Opus
    comments.clear()
    values = {
        "TITLE": tags.title,
        "ARTIST": tags.author,
        "ALBUM": tags.show,
        "DATE": tags.date,
        "GENRE": "Podcast",
        "DESCRIPTION": tags.comment,
        "TRACKNUMBER": str(tags.number or ""),
    }
    for number, chapter in enumerate(chapter for chapter in tags.chapters if chapter.listed):
        minutes, ms = divmod(chapter.start_ms, 60_000)
        values[f"CHAPTER{number:03}"] = f"{minutes // 60:02}:{minutes % 60:02}:{ms / 1000:06.3f}"
        values[f"CHAPTER{number:03}NAME"] = chapter.title
    for name, value in values.items():
        if value:
            comments[name] = [value]
    file.save()
