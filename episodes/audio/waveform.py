"""Peaks of an audio file, for drawing it."""

from pathlib import Path

from episodes.audio.ffmpeg import av

PEAKS = 1800
_RATE_HZ = 8_000


class WaveformError(ValueError):
    """The file cannot be drawn; the message says so to a producer."""


def read_peaks(path: Path, duration_ms: int, count: int = PEAKS) -> list[int]:
    """`count` whole numbers 0–255, evenly spaced over `duration_ms`: the largest swing in each stretch.

    Decoded to 8 kHz mono, a stretch at a time: memory stays small for any length. Raises WaveformError.
    """
    # Only the worker draws: each web process would hold 7 MB of it for nothing.
    import numpy as np

    peaks = np.zeros(count, dtype=np.float32)
    per_peak = max(duration_ms * _RATE_HZ / 1000 / count, 1.0)
    position = 0
    try:
        with av.open(str(path), "r") as container:
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE_HZ)
            for frame in container.decode(stream):
                for part in resampler.resample(frame):
                    samples = np.abs(part.to_ndarray().reshape(-1))
                    where = ((np.arange(len(samples)) + position) / per_peak).astype(np.int64)
                    np.maximum.at(peaks, np.minimum(where, count - 1), samples)
                    position += len(samples)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise WaveformError("The waveform cannot be drawn: the sound of this file is damaged.") from error
    return [int(peak) for peak in np.clip(np.round(peaks * 255), 0, 255)]
