"""Small audio files of every kind, made on the spot: a tone of known length."""

from pathlib import Path

import av
import numpy as np

_FORMATS = {
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("ipod", "aac"),
    "wav": ("wav", "pcm_s16le"),
    "flac": ("flac", "flac"),
    "mp2": ("mp2", "mp2"),
    "ogg": ("ogg", "libopus"),
    "alac": ("ipod", "alac"),
}


def write_tone(
    path: Path,
    kind: str = "mp3",
    seconds: float = 10,
    rate_hz: int = 44100,
    layout: str = "mono",
    bitrate_bps: int = 96000,
    amplitude: float = 0.3,
    muxer_options: dict[str, str] | None = None,
) -> Path:
    """A 440 Hz sine of `amplitude` (1 = full scale) at `path`."""
    muxer, codec = _FORMATS[kind]
    rate_hz = 48000 if kind == "ogg" else rate_hz
    with av.open(str(path), "w", format=muxer, options=muxer_options or {}) as out:
        stream = out.add_stream(codec, rate=rate_hz, layout=layout)
        stream.bit_rate = bitrate_bps
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=rate_hz, frame_size=stream.codec_context.frame_size
        )
        channels = 2 if layout == "stereo" else 1
        for start in range(0, round(seconds * rate_hz), 4096):
            count = min(4096, round(seconds * rate_hz) - start)
            wave = amplitude * 32767 * np.sin(2 * np.pi * 440 * (np.arange(count) + start) / rate_hz)
            frame = av.AudioFrame.from_ndarray(
                np.repeat(wave.astype("int16"), channels).reshape(1, -1), format="s16", layout=layout
            )
            frame.sample_rate, frame.pts = rate_hz, start
            for ready in resampler.resample(frame):
                out.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return path
