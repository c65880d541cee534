from dataclasses import replace

import av
import pytest
from mutagen.mp4 import MP4

from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.audio.mp4_tags import TagError, write_mp4
from episodes.audio.probe import probe_audio
from tests.episodes.audio_samples import write_tone

TAGS = EpisodeTags(
    title="Größe",
    show="A show",
    author="A team",
    date="2026-11-24",
    number=7,
    cover=b"\xff\xd8\xff cover",
    chapters=[
        TagChapter(0, 4_000, "Wälcome"),
        TagChapter(4_000, 6_000, "Not in lists", listed=False),
        TagChapter(6_000, 10_000, "Why"),
    ],
)


@pytest.fixture
def m4a(tmp_path):
    return write_tone(tmp_path / "tone.m4a", "m4a")


def sound(path) -> bytes:
    with av.open(str(path)) as file:
        return b"".join(frame.to_ndarray().tobytes() for frame in file.decode(audio=0))


def chapters(path) -> list[tuple[int, int, str]]:
    with av.open(str(path)) as file:
        # In milliseconds or, from PyAV 19 on, in samples.
        return [
            (*(round(1000 * c[end] * float(c["time_base"])) for end in ("start", "end")), c["metadata"]["title"])
            for c in file.chapters()
        ]


def test_title_cover_and_chapters_are_read_back_by_two_other_readers(m4a, tmp_path):
    write_mp4(m4a, tmp_path / "out.m4a", TAGS)

    found = MP4(tmp_path / "out.m4a")
    assert [found[name] for name in ("\xa9nam", "\xa9alb", "\xa9day", "trkn")] == [
        ["Größe"], ["A show"], ["2026-11-24"], [(7, 0)],
    ]  # fmt: skip
    assert bytes(found["covr"][0]) == TAGS.cover
    assert [(round(c.start * 1000), c.title) for c in found.chapters] == [(0, "Wälcome"), (6_000, "Why")]
    assert [(start, title) for start, _, title in chapters(tmp_path / "out.m4a")] == [(0, "Wälcome"), (6_000, "Why")]


def test_the_sound_is_the_same_to_the_last_sample(m4a, tmp_path):
    write_mp4(m4a, tmp_path / "out.m4a", TAGS)

    assert sound(tmp_path / "out.m4a") == sound(m4a)
    assert probe_audio(tmp_path / "out.m4a").duration_ms == probe_audio(m4a).duration_ms


def test_the_same_input_gives_the_same_bytes_also_from_what_was_written_before(m4a, tmp_path):
    for source, target in ((m4a, "a"), (m4a, "b"), (tmp_path / "a", "c")):
        write_mp4(source, tmp_path / target, TAGS)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


@pytest.mark.parametrize("marks", [TAGS.chapters, []])
def test_the_index_stands_before_the_sound(m4a, tmp_path, marks):
    write_mp4(m4a, tmp_path / "out.m4a", replace(TAGS, chapters=marks))
    write_mp4(tmp_path / "out.m4a", tmp_path / "again.m4a", replace(TAGS, chapters=marks))

    made, before = (tmp_path / "out.m4a").read_bytes(), m4a.read_bytes()

    assert before.index(b"mdat") < before.index(b"moov")  # as the recorder left it
    assert made.index(b"moov") < made.index(b"mdat")
    assert made == (tmp_path / "again.m4a").read_bytes()
    assert sound(tmp_path / "out.m4a") == sound(m4a)


def test_chapters_that_were_taken_away_leave_the_file(m4a, tmp_path):
    write_mp4(m4a, tmp_path / "with.m4a", TAGS)

    write_mp4(tmp_path / "with.m4a", tmp_path / "without.m4a", replace(TAGS, chapters=[]))

    assert chapters(tmp_path / "without.m4a") == []
    assert sound(tmp_path / "without.m4a") == sound(m4a)


def test_what_is_no_m4a_is_told_in_words(tmp_path):
    (tmp_path / "x").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(64))

    with pytest.raises(TagError, match="Export it again"):
        write_mp4(tmp_path / "x", tmp_path / "out.m4a", TAGS)
