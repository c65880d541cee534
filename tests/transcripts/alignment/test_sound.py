"""Audio of any kind arrives as one row of samples, in pieces."""

import av
import numpy as np
import pytest

from tests.episodes.audio_samples import write_tone
from tests.transcripts.alignment import recordings
from transcripts.alignment import AlignmentError, sound
from transcripts.alignment.levels import levels_db


def read(path):
    return np.concatenate(list(sound.read_blocks(path)))


def tone(seconds, rate=sound.SAMPLE_RATE):
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write_stereo(path, left, right):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=sound.SAMPLE_RATE, layout="stereo")
        planes = (np.stack([left, right]).T.reshape(1, -1) * 32767).astype("<i2")
        frame = av.AudioFrame.from_ndarray(planes, format="s16", layout="stereo")
        frame.sample_rate = sound.SAMPLE_RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def test_the_whole_length_is_read_in_blocks_of_about_a_second():
    blocks = list(sound.read_blocks(recordings.path_of("jfk")))

    assert sum(map(len, blocks)) == pytest.approx(11.0 * sound.SAMPLE_RATE, abs=0.1 * sound.SAMPLE_RATE)
    assert max(map(len, blocks)) < 1.5 * sound.SAMPLE_RATE


def test_one_side_alone_and_both_sides_sound_alike(tmp_path):
    path = write_stereo(tmp_path / "a.flac", tone(1), np.zeros(sound.SAMPLE_RATE, np.float32))

    assert np.abs(read(path)).max() == pytest.approx(0.15, abs=0.01)


def test_sides_that_cancel_out_are_still_heard(tmp_path):
    path = write_stereo(tmp_path / "a.flac", tone(1), -tone(1))

    assert np.abs(read(path)).max() == pytest.approx(0.3, abs=0.01)


def test_damage_inside_a_file_does_not_end_the_reading(tmp_path):
    content = bytearray(recordings.path_of("jfk").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    path = tmp_path / "damaged.mp3"
    path.write_bytes(content)

    seconds = len(read(path)) / sound.SAMPLE_RATE

    assert 10.0 < seconds < 11.2


def test_a_file_cut_short_is_read_to_its_end(tmp_path):
    path = tmp_path / "cut.mp3"
    path.write_bytes(recordings.path_of("jfk").read_bytes()[:40_000])

    assert 4.0 < len(read(path)) / sound.SAMPLE_RATE < 6.0


@pytest.mark.parametrize("content", [b"", b"ID3", b"no audio at all " * 100])
def test_what_is_no_audio_is_refused(tmp_path, content):
    path = tmp_path / "a.mp3"
    path.write_bytes(content)

    with pytest.raises(AlignmentError, match="Upload the episode's audio again"):
        read(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(AlignmentError, match="cannot be opened"):
        read(tmp_path / "none.mp3")


def test_loudness_is_in_decibels_below_full_scale():
    levels = levels_db(np.concatenate([tone(0.5), np.zeros(sound.SAMPLE_RATE // 2, np.float32)]))

    assert len(levels) == 100
    assert levels[:50].mean() == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.1)
    assert levels[50:] == pytest.approx(-100)


def test_tags_in_no_known_encoding_do_no_harm(tmp_path):
    path = write_tone(tmp_path / "a.mp3", seconds=3)
    tag = b"TAG" + "Café à la carte".encode("latin-1").ljust(125, b"\0")
    path.write_bytes(path.read_bytes() + tag)

    heard = sum(block.shape[-1] for block in sound.read_blocks(path))

    assert heard / sound.SAMPLE_RATE == pytest.approx(3, abs=0.2)
