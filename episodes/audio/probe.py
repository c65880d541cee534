"""Measure an audio file, or refuse in a sentence what cannot be published."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from episodes.audio.ffmpeg import av
from episodes.audio.kinds import FLAC, M4A, MP3, SERVED_KINDS, WAV, describe_other, sniff_audio
from episodes.audio.mp3_frames import Mp3Scan, id3v2_bytes, scan_frames
from episodes.timecode import format_clock

MIME = {MP3: "audio/mpeg", M4A: "audio/x-m4a", WAV: "audio/wav", FLAC: "audio/flac"}
WORDS = {MP3: "MP3", M4A: "M4A", WAV: "WAV", FLAC: "FLAC"}
LONGEST_DURATION_MS = 24 * 3600 * 1000
# A cover of megabytes in front of the sound delays every listener, and a parser must hold it in memory.
MOST_TAG_BYTES = 16 << 20
# Index of an MP4: ten hours of AAC take about 8 MB.
MOST_INDEX_BYTES = 48 << 20
_DEMUXER = {M4A: "mov", WAV: "wav", FLAC: "flac"}
_DECODED_AT_LEAST_MS = 5_000
_CHUNK = 1 << 20
_FORMS_WANTED = "Upload an MP3 or M4A (AAC) file; WAV and FLAC can be converted."


class AudioError(ValueError):
    """The file is not audio we can serve; the message says what was found and what to do."""


@dataclass(frozen=True)
class AudioInfo:
    """What an audio file is. `tag_bytes` = bytes before the first sound; `served` = apps can play it as it is."""

    kind: str
    mime: str
    audio_bytes: int
    duration_ms: int
    bitrate_bps: int
    sample_rate_hz: int
    channels: int
    sha256: str
    tag_bytes: int
    served: bool

    @property
    def extension(self) -> str:
        return self.kind


def probe_audio(path: Path, most_bytes: int | None = None) -> AudioInfo:
    """Measure the file at `path`; its name counts for nothing.

    The duration is summed over all frames or packets, because headers are often wrong. Memory stays small and
    time proportional to the size. Raises AudioError with a sentence for a producer.
    """
    size = path.stat().st_size
    if size == 0:
        raise AudioError("This file is empty (0 bytes). Export it again and upload the new file.")
    if most_bytes is not None and size > most_bytes:
        raise AudioError(
            f"This file has {_megabytes(size)}; the limit here is {_megabytes(most_bytes)}. "
            "Export it as MP3 with 96 kbit/s mono or 128 kbit/s stereo."
        )
    with path.open("rb", buffering=_CHUNK) as file:
        kind = sniff_audio(file)
        if kind is None:
            file.seek(id3v2_bytes(file))
            what = describe_other(file.read(512))
            raise AudioError(f"This is not podcast audio: it is {what or 'of a kind we do not know'}. {_FORMS_WANTED}")
        tag = id3v2_bytes(file)
        if tag > MOST_TAG_BYTES:
            raise AudioError(
                f"The tags in front of the sound take {_megabytes(tag)}. "
                "Remove the embedded picture, or embed a smaller one."
            )
        measured = _measure_mp3(file, size) if kind == MP3 else _measure_container(file, kind, size)
        duration_ms, bitrate, rate, channels, start = measured
        if duration_ms < 1000:
            raise AudioError(f"This {WORDS[kind]} holds less than one second of sound. Export it again.")
        if duration_ms > LONGEST_DURATION_MS:
            raise AudioError(f"This {WORDS[kind]} is {format_clock(duration_ms)} long; 24 hours are the limit.")
        sha256 = _sha256(file)
    return AudioInfo(kind, MIME[kind], size, duration_ms, bitrate, rate, channels, sha256, start, kind in SERVED_KINDS)


def _measure_mp3(file: BinaryIO, size: int) -> tuple[int, int, int, int, int]:
    scan = scan_frames(file, size)
    if scan is None:
        raise AudioError(f"This MP3 holds no sound that can be read. Export it again. {_FORMS_WANTED}")
    _refuse_cut_mp3(scan, size)
    if scan.mixed:
        raise AudioError(
            "This MP3 changes its sample rate or from mono to stereo on the way, which breaks players. "
            "It was probably joined from several files: join them in an audio editor and export once."
        )
    _decode_beginning(file, "mp3", "MP3", scan.start)
    return scan.duration_ms, scan.bitrate_bps, scan.sample_rate_hz, scan.channels, scan.start


def _refuse_cut_mp3(scan: Mp3Scan, size: int) -> None:
    """A Xing frame that promises more bytes than there are means a broken copy; a lie about frames alone does not."""
    promised, present = scan.claimed_bytes, size - scan.start
    cut_by_bytes = promised is not None and promised > present + 4096 and promised > present * 1.005
    claimed = scan.claimed_frames
    cut_by_frames = promised is None and claimed is not None and scan.frames * 1.02 + 40 < claimed < scan.frames * 50
    if not (cut_by_bytes or cut_by_frames):
        return
    per_frame = scan.duration_ms / scan.frames
    whole = f" of {format_clock(round(claimed * per_frame))}" if claimed else ""
    raise AudioError(
        f"This MP3 looks cut off: only {format_clock(scan.duration_ms)}{whole} are there. "
        "The copy or download that made it was interrupted; copy it again from the original and upload that."
    )


def _measure_container(file: BinaryIO, kind: str, size: int) -> tuple[int, int, int, int, int]:
    words = WORDS[kind]
    file.seek(4)
    # A recorder that streams writes no length into its WAV; its last packet is then short by nature.
    open_ended = kind == WAV and file.read(4) in (b"\xff\xff\xff\xff", bytes(4))
    if kind == M4A:
        _refuse_huge_index(file, size)
    file.seek(0)
    try:
        # The demuxer is named, so that a playlist or another clever container inside is never followed.
        with av.open(file, "r", format=_DEMUXER[kind]) as container:
            if any(v.codec_context.name not in ("mjpeg", "png", "bmp", "gif") for v in container.streams.video):
                raise AudioError("This is a video. Export only its sound, as MP3, and upload that.")
            if not container.streams.audio:
                raise AudioError(
                    f"This {words} holds no sound that can be played; it may be copy-protected. {_FORMS_WANTED}"
                )
            stream = container.streams.audio[0]
            codec = stream.codec_context.name
            if kind == M4A and codec not in ("aac", "alac"):
                raise AudioError(
                    f'The sound in this M4A is of the kind "{codec}"; podcast apps need AAC. Export it again.'
                )
            if kind == M4A and codec == "alac":
                raise AudioError(
                    "This M4A holds Apple Lossless, which podcast apps do not play. Export it as AAC or MP3."
                )
            time_base = stream.time_base
            claimed_ms = _milliseconds(stream.duration, time_base)
            total, corrupt, payload, first = 0, 0, 0, None
            for packet in container.demux(stream):
                total += packet.duration or 0
                payload += packet.size
                corrupt += bool(packet.is_corrupt)
                if first is None and packet.size:
                    first = packet.pos
            duration_ms = _milliseconds(total, time_base) or 0
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    except (av.error.FFmpegError, ValueError) as error:
        if isinstance(error, AudioError):
            raise
        raise AudioError(
            f"This {words} cannot be read: it is damaged or incomplete. Export or copy it again and upload that."
        ) from error
    # These indexes count samples; an edit list of an M4A may still leave out a part of a second.
    if claimed_ms and (duration_ms + (1000 if kind == M4A else 100) < claimed_ms or (corrupt and not open_ended)):
        raise AudioError(
            f"This {words} looks cut off: only {format_clock(duration_ms)} of {format_clock(claimed_ms)} are there. "
            "The copy that made it was interrupted; copy it again from the original and upload that."
        )
    _decode_beginning(file, _DEMUXER[kind], words, 0)
    bitrate = payload * 8000 // duration_ms if duration_ms else 0
    return duration_ms, bitrate, rate, channels, first or 0


def _decode_beginning(file: BinaryIO, demuxer: str, words: str, start: int) -> None:
    """Raise AudioError unless the first seconds really turn into sound."""
    decoded_ms: float = 0
    failures = 0
    try:
        with av.open(_From(file, start), "r", format=demuxer) as container:
            stream = container.streams.audio[0]
            for packet in container.demux(stream):
                try:
                    for frame in packet.decode():
                        decoded_ms += frame.samples * 1000 / frame.sample_rate
                except av.error.FFmpegError:
                    failures += 1
                if decoded_ms >= _DECODED_AT_LEAST_MS or failures > 50:
                    break
    except (av.error.FFmpegError, ValueError, IndexError):
        failures += 1
    if decoded_ms < 500 or failures > 50:
        raise AudioError(f"This {words} cannot be played: its sound is damaged. Export it again and upload that.")


class _From:
    """A file as seen from an offset: a hostile tag in front is never given to the demuxer."""

    def __init__(self, file: BinaryIO, start: int):
        self._file, self._start = file, start
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset + self._start if whence == 0 else offset, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start


def _refuse_huge_index(file: BinaryIO, size: int) -> None:
    """Walk the top boxes of an MP4, so that an index of hundreds of megabytes is refused before it fills memory."""
    position = 0
    for _ in range(1000):
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:16], "big")
        if head[4:8] not in (b"mdat", b"free", b"skip", b"wide") and min(length or size, size) > MOST_INDEX_BYTES:
            raise AudioError("The index of this M4A is larger than any real recording needs. Export it again.")
        if length < 8:
            return
        position += length
    raise AudioError("This M4A is cut into more pieces than any real recording. Export it again.")


def _milliseconds(count: int | None, time_base: object) -> int | None:
    return round(count * 1000 * float(time_base)) if count and time_base else None  # type: ignore[arg-type]


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
