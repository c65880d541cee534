"""Make a levelled MP3 of any audio a producer uploads."""

from dataclasses import dataclass
from pathlib import Path

from episodes.audio.ffmpeg import av
from episodes.audio.filtering import Progress, filtered
from episodes.audio.loudness import Loudness, LoudnessError, measure_loudness
from episodes.audio.targets import TRUE_PEAK_DBTP, usual_lufs

MONO_BPS, STEREO_BPS = 96_000, 128_000
RATE_HZ = 44_100
# Quieter than this is noise; lifting it would only make the hiss loud.
MOST_GAIN_DB = 24.0
_CLOSE_ENOUGH_LU = 0.5


class EncodeError(ValueError):
    """The audio cannot be converted; the message says so to a producer."""


@dataclass(frozen=True)
class Encoded:
    """What came out: loudness of the MP3 itself, measured again."""

    loudness: Loudness
    channels: int


def encode_mp3(source: Path, target: Path, channels: int, progress: Progress = lambda _: None) -> Encoded:
    """Write `source` as MP3 to `target`: mono 96 or stereo 128 kbit/s, 44.1 kHz, −19 or −16 LUFS, peaks ≤ −1 dBTP.

    Gain and a limiter, both linear enough for speech; the result is measured and corrected once. Raises EncodeError.
    """
    channels = 1 if channels == 1 else 2
    wanted = usual_lufs(channels)
    try:
        before = measure_loudness(source, lambda done: progress(done * 0.3))
        gain_db = min(wanted - before.lufs, MOST_GAIN_DB)
        _write(source, target, channels, gain_db, TRUE_PEAK_DBTP - 0.5, lambda done: progress(0.3 + done * 0.35))
        after = measure_loudness(target)
        missing_db = wanted - after.lufs
        ceiling = TRUE_PEAK_DBTP - 0.5 - max(after.true_peak_dbtp - TRUE_PEAK_DBTP, 0)
        if abs(missing_db) > _CLOSE_ENOUGH_LU or after.true_peak_dbtp > TRUE_PEAK_DBTP:
            gain_db = min(gain_db + missing_db, MOST_GAIN_DB)
            _write(source, target, channels, gain_db, ceiling, lambda done: progress(0.65 + done * 0.3))
            after = measure_loudness(target)
    except (LoudnessError, av.error.FFmpegError, IndexError, ValueError) as error:
        raise EncodeError(f"The audio could not be converted to MP3. {error}") from error
    progress(1.0)
    return Encoded(after, channels)


def _write(source: Path, target: Path, channels: int, gain_db: float, ceiling_db: float, progress: Progress) -> None:
    layout = "mono" if channels == 1 else "stereo"
    with (
        av.open(str(source), "r") as container,
        av.open(str(target), "w", format="mp3", options={"id3v2_version": "0"}) as out,
    ):
        encoder = out.add_stream("libmp3lame", rate=RATE_HZ, layout=layout)
        encoder.bit_rate = MONO_BPS if channels == 1 else STEREO_BPS
        for frame in filtered(container, _levelling(layout, gain_db, ceiling_db), progress):
            frame.pts = None
            out.mux(encoder.encode(frame))
        out.mux(encoder.encode(None))


def _levelling(layout: str, gain_db: float, ceiling_db: float) -> list[tuple[str, str]]:
    """Gain, then a limiter that works at four times the rate so that it sees peaks between samples too."""
    limit = 10 ** (ceiling_db / 20)
    return [
        ("aformat", f"sample_fmts=dbl:channel_layouts={layout}"),
        ("volume", f"{gain_db:.2f}dB:precision=double"),
        ("aresample", str(4 * RATE_HZ)),
        ("alimiter", f"limit={limit:.4f}:attack=5:release=50:level=0"),
        ("aresample", str(RATE_HZ)),
        ("aformat", f"sample_fmts=s16p:sample_rates={RATE_HZ}:channel_layouts={layout}"),
        ("asetnsamples", "n=1152:p=0"),
    ]
