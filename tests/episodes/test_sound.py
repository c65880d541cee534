"""Loudness, waveform and encoding, measured on tones of known strength and on a voice."""

from pathlib import Path

import av
import pytest

from episodes.audio.encode import EncodeError, encode_mp3
from episodes.audio.loudness import LoudnessError, measure_loudness
from episodes.audio.probe import probe_audio
from episodes.audio.waveform import WaveformError, read_peaks
from tests.episodes.audio_samples import write_tone

E00 = Path(__file__).parents[2] / "episodes/example/e00-computer-voice.mp3"


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a"])
def test_a_tone_of_known_strength_is_measured_right(tmp_path, kind):
    path = write_tone(tmp_path / "a", kind, amplitude=0.3, bitrate_bps=128_000)

    measured = measure_loudness(path)

    # A sine of −10.5 dBFS in one channel: −13.5 dB RMS, −0.7 by definition of LUFS.
    # Lossy codecs overshoot where a tone sets in.
    lossy = kind in ("mp3", "m4a")
    assert measured.lufs == pytest.approx(-14.2, abs=0.7 if lossy else 0.3)
    assert measured.true_peak_dbtp == pytest.approx(-10.5, abs=4 if lossy else 0.3)


def test_silence_is_measured_as_silence_and_not_as_an_error(tmp_path):
    path = write_tone(tmp_path / "a.wav", "wav", amplitude=0)

    assert measure_loudness(path).lufs == -70


@pytest.mark.parametrize("content", [b"", b"no sound", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_audio_is_refused_by_all_three(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(LoudnessError, match="cannot be measured"):
        measure_loudness(path)
    with pytest.raises(WaveformError, match="cannot be drawn"):
        read_peaks(path, 1000)
    with pytest.raises(EncodeError, match="could not be converted"):
        encode_mp3(path, tmp_path / "out.mp3", 1)


def test_progress_rises_to_its_end(tmp_path):
    seen = []

    encode_mp3(write_tone(tmp_path / "a.wav", "wav", seconds=40), tmp_path / "o.mp3", 1, seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > 3


def test_the_waveform_has_as_many_peaks_as_asked_and_their_height(tmp_path):
    path = write_tone(tmp_path / "a.wav", "wav", amplitude=0.5)

    peaks = read_peaks(path, 10_000, count=100)

    assert len(peaks) == 100
    assert all(peak == pytest.approx(127, abs=6) for peak in peaks)


def test_the_waveform_shows_where_silence_is():
    peaks = read_peaks(E00, 698_044, count=698)

    assert max(peaks[1:4]) > 20  # the chime
    assert max(peaks[42:44]) < 5  # the pause between the first two paragraphs


@pytest.mark.parametrize(
    ("kind", "layout", "amplitude", "lufs", "bitrate"),
    [
        ("wav", "mono", 0.02, -19, 96_000),
        ("flac", "stereo", 0.02, -16, 128_000),
        ("m4a", "stereo", 0.9, -16, 128_000),
        ("mp3", "mono", 0.9, -19, 96_000),
    ],
)
def test_any_source_becomes_a_levelled_mp3(tmp_path, kind, layout, amplitude, lufs, bitrate):
    source = write_tone(tmp_path / "in", kind, layout=layout, amplitude=amplitude, rate_hz=48_000)
    target = tmp_path / "out.mp3"

    encoded = encode_mp3(source, target, 1 if layout == "mono" else 2)

    info = probe_audio(target)
    assert encoded.loudness.lufs == pytest.approx(lufs, abs=1)
    assert encoded.loudness.true_peak_dbtp <= -1
    assert (info.kind, info.bitrate_bps, info.sample_rate_hz) == ("mp3", bitrate, 44_100)
    assert info.duration_ms == pytest.approx(10_000, abs=120)


def test_a_voice_keeps_its_peaks_under_the_ceiling(tmp_path):
    short = tmp_path / "loud.wav"
    with av.open(str(E00)) as source, av.open(str(short), "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=44_100, layout="mono")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=44_100)
        for frame in source.decode(audio=0):
            if frame.time > 20:
                break
            samples = frame.to_ndarray() * 8
            louder = av.AudioFrame.from_ndarray(samples.clip(-1, 1).astype("float32"), format="fltp", layout="mono")
            louder.sample_rate = 44_100
            for part in resampler.resample(louder):
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))

    encoded = encode_mp3(short, tmp_path / "out.mp3", 1)

    assert encoded.loudness.true_peak_dbtp <= -1
    assert encoded.loudness.lufs == pytest.approx(-19, abs=1)


def test_the_same_source_gives_the_same_bytes(tmp_path):
    source = write_tone(tmp_path / "a.wav", "wav", seconds=5)

    encode_mp3(source, tmp_path / "1.mp3", 1)
    encode_mp3(source, tmp_path / "2.mp3", 1)

    assert (tmp_path / "1.mp3").read_bytes() == (tmp_path / "2.mp3").read_bytes()
