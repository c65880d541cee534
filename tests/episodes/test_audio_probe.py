import contextlib
import hashlib
import os
import resource
import struct
import time
from pathlib import Path

import pytest

from episodes.audio.probe import AudioError, AudioInfo, probe_audio
from tests.episodes.audio_samples import write_tone

E00 = Path(__file__).parents[2] / "episodes/example/e00-computer-voice.mp3"


def test_the_example_episode_is_measured_exactly():
    info = probe_audio(E00)

    assert info == AudioInfo(
        kind="mp3",
        mime="audio/mpeg",
        audio_bytes=5_584_605,
        duration_ms=698_044,
        bitrate_bps=64_000,
        sample_rate_hz=44_100,
        channels=1,
        sha256="00d980ee216dc15e26cd5d0a83fb1d1bdcf2c33994479dfdc8bbfe9f969e52a6",
        tag_bytes=45,
        served=True,
    )


@pytest.mark.parametrize(
    ("kind", "mime", "served"),
    [
        ("mp3", "audio/mpeg", True),
        ("m4a", "audio/x-m4a", True),
        ("wav", "audio/wav", False),
        ("flac", "audio/flac", False),
    ],
)
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_every_kind_is_known_by_its_content_whatever_its_name(tmp_path, kind, mime, served, layout):
    path = write_tone(tmp_path / "upload.pdf", kind, layout=layout)

    info = probe_audio(path)

    assert (info.kind, info.mime, info.served) == (kind, mime, served)
    assert info.duration_ms == pytest.approx(10_000, abs=80)
    assert info.channels == (1 if layout == "mono" else 2)
    assert info.sample_rate_hz == 44_100
    assert info.audio_bytes == path.stat().st_size
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_variable_bit_rate_without_a_header_does_not_mislead(tmp_path):
    low = write_tone(tmp_path / "low.mp3", seconds=5, bitrate_bps=32_000, muxer_options={"write_xing": "0"})
    high = write_tone(tmp_path / "high.mp3", seconds=5, bitrate_bps=320_000, muxer_options={"write_xing": "0"})
    both = tmp_path / "both.mp3"
    both.write_bytes(low.read_bytes() + high.read_bytes()[45:])

    info = probe_audio(both)

    assert info.duration_ms == pytest.approx(10_000, abs=150)
    assert info.bitrate_bps == pytest.approx(176_000, rel=0.02)


@pytest.mark.parametrize("junk", [bytes(1_000_000), os.urandom(1_000_000), b"TAG" + bytes(125), b"\xff" * 300_000])
def test_junk_after_the_sound_adds_no_second(tmp_path, junk):
    path = write_tone(tmp_path / "a.mp3")
    clean = probe_audio(path).duration_ms
    path.write_bytes(path.read_bytes() + junk)

    assert probe_audio(path).duration_ms == pytest.approx(clean, abs=60)


def test_a_header_that_promises_years_is_not_believed(tmp_path):
    path = write_tone(tmp_path / "a.mp3")
    data = bytearray(path.read_bytes())
    at = data.index(b"Info") + 8
    data[at : at + 4] = struct.pack(">I", 4_000_000_000)
    path.write_bytes(data)

    assert probe_audio(path).duration_ms == pytest.approx(10_000, abs=80)


@pytest.mark.parametrize("percent", [1, 25, 50, 90, 98])
@pytest.mark.parametrize("kind", ["mp3", "m4a", "faststart m4a", "wav", "flac"])
def test_a_file_that_did_not_arrive_whole_is_refused(tmp_path, kind, percent):
    options = {"movflags": "faststart"} if kind.startswith("faststart") else None
    path = write_tone(tmp_path / "a", kind.split()[-1], seconds=60, muxer_options=options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * percent // 100])

    with pytest.raises(
        AudioError, match=r"cut off|damaged or incomplete|less than one second|no sound|not podcast audio"
    ):
        probe_audio(path)


def test_a_cut_mp3_says_how_much_is_there(tmp_path):
    data = E00.read_bytes()
    path = tmp_path / "cut.mp3"
    path.write_bytes(data[: len(data) // 4])

    with pytest.raises(AudioError, match=r"only 2:54 of 11:38 are there\. .* copy it again from the original"):
        probe_audio(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Hello, this is the transcript.\n" * 40, "it is a text file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "it is a web page"),
        (b"%PDF-1.7\n" + os.urandom(5000), "it is a PDF document"),
        (b"PK\x03\x04" + os.urandom(5000), "it is a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(5000), "it is a PNG picture"),
        (b"OggS" + os.urandom(5000), "it is Ogg audio"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "it is a playlist"),
        (bytes(100_000), "nothing but zeros"),
        (b"\x7fELF" + os.urandom(5000), "it is a program"),
        (b"\x00\x01\x02\x03" * 100, "of a kind we do not know"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "of a kind we do not know"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(100), "not podcast audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00", "damaged or incomplete"),
        (b"fLaC" + os.urandom(3000), "damaged|no sound|cannot"),
        (b"\x00\x00\x00\x18ftypM4A " + os.urandom(3000), "damaged|larger than"),
    ],
)
def test_what_is_no_audio_is_refused_in_words(tmp_path, content, words):
    path = tmp_path / "episode.mp3"
    path.write_bytes(content)

    with pytest.raises(AudioError, match=words):
        probe_audio(path)


@pytest.mark.parametrize(("kind", "words"), [("mp2", "Layer II"), ("ogg", "Ogg audio"), ("alac", "Apple Lossless")])
def test_sound_that_apps_cannot_play_is_refused_by_its_name(tmp_path, kind, words):
    path = write_tone(tmp_path / "a.mp3", kind)

    with pytest.raises(AudioError, match=words):
        probe_audio(path)


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path):
    path = write_tone(tmp_path / "a.mp3")

    with pytest.raises(AudioError, match=r"has 0\.1 MB; the limit here is 0\.0 MB"):
        probe_audio(path, most_bytes=1000)


def test_files_joined_from_mono_and_stereo_are_refused(tmp_path):
    mono = write_tone(tmp_path / "m.mp3", muxer_options={"write_xing": "0"}).read_bytes()
    stereo = write_tone(tmp_path / "s.mp3", layout="stereo", muxer_options={"write_xing": "0"}).read_bytes()
    path = tmp_path / "joined.mp3"
    path.write_bytes(mono + stereo[45:])

    with pytest.raises(AudioError, match="from mono to stereo on the way"):
        probe_audio(path)


def test_an_mp3_hidden_in_a_picture_is_a_picture(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100) + write_tone(tmp_path / "t.mp3").read_bytes())

    with pytest.raises(AudioError, match="a JPEG picture"):
        probe_audio(path)


def test_tags_of_more_than_sixteen_megabytes_are_refused(tmp_path):
    path = tmp_path / "a.mp3"
    tag = 20 << 20
    head = b"ID3\x03\x00\x00" + bytes([tag >> 21 & 127, tag >> 14 & 127, tag >> 7 & 127, tag & 127])
    path.write_bytes(head + bytes(tag) + write_tone(tmp_path / "t.mp3").read_bytes())

    with pytest.raises(AudioError, match=r"tags in front of the sound take 21\.0 MB"):
        probe_audio(path)


def test_an_mp4_with_an_enormous_index_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\x00\x00\x00\x18ftypM4A " + bytes(12) + struct.pack(">I", 200 << 20) + b"moov")
    with path.open("r+b") as file:
        file.truncate(210 << 20)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(AudioError, match="index of this M4A is larger"):
        probe_audio(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_nine_hours_of_mp3_are_measured_in_seconds_and_little_memory(tmp_path):
    path = tmp_path / "long.mp3"
    one = E00.read_bytes()[45:]
    with path.open("wb") as file:
        for _ in range(47):
            file.write(one)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    info = probe_audio(path)

    assert info.duration_ms == pytest.approx(47 * 698_044, rel=0.001)
    assert time.monotonic() - started < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_false_sync_words_by_the_million_cost_no_minutes(tmp_path):
    path = write_tone(tmp_path / "a.mp3")
    path.write_bytes(path.read_bytes() + b"\xff\xfb\x94" * 20_000_000)
    started = time.monotonic()

    with contextlib.suppress(AudioError):
        probe_audio(path)

    assert time.monotonic() - started < 15


def test_a_wav_of_a_recorder_that_never_wrote_its_length_is_measured(tmp_path):
    path = write_tone(tmp_path / "a.wav", "wav")
    data = bytearray(path.read_bytes())
    data[4:8] = b"\xff\xff\xff\xff"
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)

    assert probe_audio(path).duration_ms == pytest.approx(10_000, abs=50)
