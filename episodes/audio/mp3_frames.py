"""Walk an MP3 frame by frame: the only honest source of its duration.

Headers lie, and demuxers read junk at the end as sound: a frame counts only when its neighbours agree with it.
Sources: ISO/IEC 11172-3 section 2.4.1 (frame header), ID3v2.4 section 3.1 (tag size), Xing/LAME tag layout.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO

_V1, _V2 = 3, 2
_BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
# Layer III only, MPEG 1, 2 and 2.5, with and without CRC; a bit rate that is neither free nor forbidden.
_CANDIDATE = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]", re.DOTALL)
_SEARCH_CHUNK = 1 << 20
_AGREEING_FRAMES = 4
_MOST_FALSE_STARTS = 20_000
# Editors leave one tag behind another at most; a hundred million empty ones fill a file that would take minutes.
_MOST_TAGS = 100


@dataclass(frozen=True)
class FrameHeader:
    version: int  # 3 = MPEG 1, 2 = MPEG 2, 0 = MPEG 2.5
    sample_rate_hz: int
    bitrate_bps: int
    channels: int
    frame_bytes: int

    @property
    def samples(self) -> int:
        return 1152 if self.version == _V1 else 576


@dataclass(frozen=True)
class Mp3Scan:
    """What the frames say. `start` = offset of the first frame; claims come from a Xing/Info frame, or are None."""

    start: int
    frames: int
    frame_bytes: int
    duration_ms: int
    sample_rate_hz: int
    channels: int
    bitrate_bps: int  # mean over all frames
    claimed_frames: int | None
    claimed_bytes: int | None
    mixed: bool  # sample rate or channels change on the way


def read_header(data: bytes) -> FrameHeader | None:
    """The Layer III header in the first four bytes, or None."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return None
    version, rate, index = data[1] >> 3 & 3, data[2] >> 2 & 3, data[2] >> 4
    if version == 1 or rate == 3 or index in (0, 15):
        return None
    hz = _RATES[version][rate]
    bps = (_BITRATES_V1 if version == _V1 else _BITRATES_V2)[index] * 1000
    size = (144 if version == _V1 else 72) * bps // hz + (data[2] >> 1 & 1)
    return FrameHeader(version, hz, bps, 1 if data[3] >> 6 == 3 else 2, size)


def id3v2_bytes(file: BinaryIO) -> int:
    """Length of the ID3v2 tags at the file's beginning, headers and footers included; 0 without one."""
    end = 0
    for _ in range(_MOST_TAGS):
        file.seek(end)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or any(b > 127 for b in head[6:10]):
            break
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        end += 10 + size + (10 if head[5] & 0x10 else 0)
    return end


def find_frames(file: BinaryIO, start: int, within: int | None = None) -> int | None:
    """Offset of the first of several frames in a row that agree, from `start` on; None when there are none.

    Looks at most `within` bytes ahead, and gives up after many false starts, so that no file costs minutes.
    """
    position, false_starts = start, 0
    while within is None or position < start + within:
        file.seek(position)
        chunk = file.read(_SEARCH_CHUNK)
        if len(chunk) < 4:
            return None
        for match in _CANDIDATE.finditer(chunk):
            if within is not None and position + match.start() >= start + within:
                return None
            if _agree(file, position + match.start()):
                return position + match.start()
            false_starts += 1
            if false_starts > _MOST_FALSE_STARTS:
                return None
        position += max(len(chunk) - 3, 1)
    return None


def scan_frames(file: BinaryIO, file_bytes: int) -> Mp3Scan | None:
    """Read every frame of an MP3; None when it has none. Memory stays at a few megabytes for any length."""
    tag = id3v2_bytes(file)
    start = find_frames(file, tag, within=_SEARCH_CHUNK)
    if start is None:
        return None
    file.seek(start)
    first = read_header(file.read(4))
    assert first is not None  # find_frames has read it
    file.seek(start)
    claimed_frames, claimed_bytes, is_claim = _claims(file.read(first.frame_bytes), first)

    position = start + first.frame_bytes if is_claim else start
    frames = total = bits = 0
    samples_at: dict[int, int] = {}
    mixed = False
    file.seek(position)
    while len(head := file.read(4)) == 4:
        header = read_header(head)
        if header is None or header.version != first.version:
            found = find_frames(file, position)
            if found is None:
                break
            position = found
            file.seek(position)
            continue
        if position + header.frame_bytes > file_bytes:
            break  # the last one is cut
        frames, total = frames + 1, total + header.frame_bytes
        bits += header.bitrate_bps
        samples_at[header.sample_rate_hz] = samples_at.get(header.sample_rate_hz, 0) + header.samples
        mixed = mixed or (header.sample_rate_hz, header.channels) != (first.sample_rate_hz, first.channels)
        position += header.frame_bytes
        file.seek(position)
    if not frames:
        return None
    return Mp3Scan(
        start=start,
        frames=frames,
        frame_bytes=total,
        duration_ms=round(sum(n * 1000 / hz for hz, n in samples_at.items())),
        sample_rate_hz=first.sample_rate_hz,
        channels=first.channels,
        bitrate_bps=bits // frames,
        claimed_frames=claimed_frames,
        claimed_bytes=claimed_bytes,
        mixed=mixed,
    )


def _agree(file: BinaryIO, position: int) -> bool:
    """Whether several frames follow one another here; the last ones may be missing only at the file's very end."""
    first: FrameHeader | None = None
    for count in range(_AGREEING_FRAMES):
        file.seek(position)
        head = file.read(4)
        if not head and count >= 2:
            return True
        header = read_header(head)
        if header is None:
            return False
        if first is None:
            first = header
        elif (header.version, header.sample_rate_hz) != (first.version, first.sample_rate_hz):
            return False
        position += header.frame_bytes
    return True


def _claims(frame: bytes, header: FrameHeader) -> tuple[int | None, int | None, bool]:
    """Frames and bytes as a Xing, Info or VBRI frame states them, and whether this frame is such a one."""
    side = {(True, 2): 32, (True, 1): 17, (False, 2): 17, (False, 1): 9}[(header.version == _V1, header.channels)]
    at = 4 + side
    if frame[at : at + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(frame[at + 4 : at + 8], "big")
        at += 8
        frames = int.from_bytes(frame[at : at + 4], "big") if flags & 1 else None
        at += 4 if flags & 1 else 0
        size = int.from_bytes(frame[at : at + 4], "big") if flags & 2 else None
        return frames, size, True
    if frame[36:40] == b"VBRI":
        return int.from_bytes(frame[50:54], "big"), int.from_bytes(frame[46:50], "big"), True
    return None, None, False
