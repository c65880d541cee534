"""What an episode's file carries in front of its sound: little, whatever pictures the team has."""

import io

import av
import pytest
from django.core.files.base import ContentFile
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from PIL import Image

from episodes.audio.id3 import write_id3
from episodes.audio.mp4_tags import write_mp4
from episodes.production import attach_artwork, attach_chapter_picture
from episodes.tagging import tags_of
from tests.episodes.audio_samples import write_tone
from tests.factories import make_chapter, make_draft

pytestmark = pytest.mark.django_db


def grain(width: int, height: int) -> ContentFile:
    """The picture that packs worst."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).save(out, "PNG")
    return ContentFile(out.getvalue())


def made_mp3(episode, folder) -> bytes:
    out = io.BytesIO()
    write_id3(write_tone(folder / "tone.mp3"), out, tags_of(episode, 10_000))
    return out.getvalue()


def before_the_sound(mp3: bytes) -> int:
    return 10 + (mp3[6] << 21 | mp3[7] << 14 | mp3[8] << 7 | mp3[9])


@pytest.mark.parametrize("chapters", [3, 18, 40])
def test_no_pictures_hold_the_sound_back(show, tmp_path, chapters):
    episode = make_draft(show, summary="Words. " * 500)
    attach_artwork(episode, grain(1400, 1400))
    for number in range(chapters):
        attach_chapter_picture(make_chapter(episode, number * 100), grain(600, 400), "Grain.")

    mp3 = made_mp3(episode, tmp_path)

    # Two seconds on the slowest line that browsers know by name, 400 kbit/s.
    assert before_the_sound(mp3) < 115_000


def test_the_cover_inside_is_a_small_one(show, tmp_path):
    attach_artwork(show, grain(1400, 1400))

    cover = ID3(io.BytesIO(made_mp3(make_draft(show), tmp_path))).getall("APIC")[0]

    assert len(cover.data) <= 25_000
    assert Image.open(io.BytesIO(cover.data)).format == "JPEG"
    assert Image.open(io.BytesIO(cover.data)).width >= 250


def test_so_many_chapter_pictures_that_none_could_be_seen_are_left_out(show):
    episode = make_draft(show)
    for number in range(19):
        attach_chapter_picture(make_chapter(episode, number * 100), grain(600, 400), "Grain.")

    assert {chapter.picture for chapter in tags_of(episode, 10_000).chapters} == {b""}


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_a_player_of_ffmpegs_make_finds_the_sound_alone(show, tmp_path, kind):
    """A Chromium that finds a picture reads half a megabyte in search of its size before it plays."""
    attach_artwork(show, grain(1400, 1400))
    episode = make_draft(show)
    attach_chapter_picture(make_chapter(episode, 0), grain(600, 400), "Grain.")
    made = tmp_path / f"made.{kind}"
    if kind == "mp3":
        made.write_bytes(made_mp3(episode, tmp_path))
        cover = ID3(made).getall("APIC")[0].data
    else:
        write_mp4(write_tone(tmp_path / "tone.m4a", "m4a"), made, tags_of(episode, 10_000))
        cover = bytes(MP4(made)["covr"][0])

    with av.open(str(made)) as container:
        kinds = {stream.type for stream in container.streams}

    assert "video" not in kinds
    assert Image.open(io.BytesIO(cover)).format == "JPEG"
