"""Measure how loud an audio file is, as broadcasters do."""

import gc
import re
from dataclasses import dataclass
from pathlib import Path

from episodes.audio.ffmpeg import av
from episodes.audio.filtering import Progress, filtered

_REPORT = re.compile(r"\b(I|Peak):\s+(-?[\d.]+|-inf)\s")
SILENCE_LUFS = -70.0


class LoudnessError(ValueError):
    """The file cannot be measured; the message says so to a producer."""


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness and true peak. Source: EBU R 128, ITU-R BS.1770."""

    lufs: float
    true_peak_dbtp: float


def measure_loudness(path: Path, progress: Progress = lambda _: None) -> Loudness:
    """Decode the whole file and measure it. `progress` is called with 0…1. Raises LoudnessError."""
    try:
        report = _ebur128_report(path, progress)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise LoudnessError("The loudness of this audio cannot be measured: its sound is damaged.") from error
    found = dict(_REPORT.findall(report))
    try:
        lufs, peak = float(found["I"]), float(found["Peak"])
    except (KeyError, ValueError) as error:
        raise LoudnessError("The loudness of this audio cannot be measured: it holds hardly any sound.") from error
    return Loudness(max(lufs, SILENCE_LUFS), max(peak, SILENCE_LUFS))


def _ebur128_report(path: Path, progress: Progress) -> str:
    """FFmpeg's summary, which its filter writes to the log only when the graph is freed."""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        # Other threads may log meanwhile; their lines do not fit the pattern.
        with av.logging.Capture(local=False) as lines:
            _run_filter(path, progress)
            gc.collect()
        return "".join(message for _, name, message in lines if "ebur128" in name)
    finally:
        av.logging.set_level(before)


def _run_filter(path: Path, progress: Progress) -> None:
    with av.open(str(path), "r") as container:
        for _ in filtered(container, [("ebur128", "peak=true:framelog=quiet")], progress):
            pass
