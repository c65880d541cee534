"""Audio of any format as a stream of 16 kHz mono samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from episodes.audio.ffmpeg import av
from transcripts.alignment.contract import AlignmentError

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
# A hole in the file's own clock is kept as silence; a larger one is a broken clock, not a hole.
_SMALLEST_HOLE = SAMPLE_RATE // 5
_LARGEST_HOLE = SAMPLE_RATE * 600
_BLOCK_SAMPLES = SAMPLE_RATE


def read_blocks(path: Path) -> Iterator[Samples]:
    """The audio as blocks of about a second, values within ±1, memory bounded whatever the length.

    Unreadable packets inside the file are passed over; the time they would have lasted is kept as silence where the
    file's clock tells of it. Raises AlignmentError when there is no audio in the file.
    """
    try:
        container = _open(path)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise AlignmentError("The audio file cannot be opened. Upload the episode's audio again.") from error
    with container:
        if not container.streams.audio:
            raise AlignmentError("There is no sound in the audio file. Upload the episode's audio again.")
        yield from _joined(_decoded(container, container.streams.audio[0]))


def duration_ms(path: Path) -> int:
    """About how long the audio lasts by its own account, 0 when it does not say; for progress only."""
    try:
        with _open(path) as container:
            return int(container.duration or 0) // 1000
    except (av.FFmpegError, OSError, ValueError):
        return 0


def _open(path: Path) -> av.container.InputContainer:
    """With tags in any encoding: PyAV 18 (Python 3.11) has to be told, PyAV 19 takes them and has lost the word."""
    try:
        return av.open(str(path), metadata_errors="ignore")
    except TypeError:
        return av.open(str(path))


def _decoded(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    made = 0
    first_time: float | None = None
    decoded_any = False
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue  # a damaged packet: the clock of the next one tells how much is missing
        for frame in frames:
            decoded_any = True
            if frame.time is not None:
                first_time = frame.time if first_time is None else first_time
                hole = round((frame.time - first_time) * SAMPLE_RATE) - made
                if _SMALLEST_HOLE < hole < _LARGEST_HOLE:
                    made += hole
                    for start in range(0, hole, _BLOCK_SAMPLES):
                        yield np.zeros(min(_BLOCK_SAMPLES, hole - start), dtype=np.float32)
            # Times would be made anew from a damaged clock; the samples alone count.
            frame.pts = None
            for even in resampler.resample(frame):
                made += even.samples
                yield _mono(even)
    if not decoded_any:
        raise AlignmentError("The sound in the audio file cannot be read. Upload the episode's audio again.")
    for even in resampler.resample(None):
        yield _mono(even)


def _mono(frame: av.AudioFrame) -> Samples:
    """Both sides as one; the left alone where they cancel out, as with one reversed microphone cable."""
    stereo = frame.to_ndarray().astype(np.float32, copy=False)
    middle = (stereo[0] + stereo[1]) * np.float32(0.5)
    if float(np.dot(middle, middle)) < 0.01 * float(np.dot(stereo[0], stereo[0])):
        middle = stereo[0]
    return np.nan_to_num(np.clip(middle, -1.0, 1.0)).astype(np.float32)


def _joined(pieces: Iterator[Samples]) -> Iterator[Samples]:
    waiting: list[Samples] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += len(piece)
        if count >= _BLOCK_SAMPLES:
            yield np.concatenate(waiting)
            waiting, count = [], 0
    if count:
        yield np.concatenate(waiting)
