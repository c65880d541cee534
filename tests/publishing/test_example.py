import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from mutagen.mp3 import MP3

from episodes.audio.probe import probe_audio
from episodes.models import Episode, Show, Speaker
from episodes.processing import process_audio
from episodes.readiness import is_ready, readiness
from episodes.shownotes import to_html
from publishing.example import CHAPTERS, load_example
from publishing.example_cover import draw_cover


@pytest.fixture
def example(db):
    load_example()
    return Episode.objects.select_related("show").get()


def test_the_example_is_published_whole(example):
    assert list(Episode.objects.published()) == [example]
    assert is_ready(readiness(example))
    assert (example.show.title, example.title) == ("The Power of Coproduction", "E00 – Paul on Coproduction")
    assert example.transcripts.count() == 1
    assert example.chapters.count() == len(CHAPTERS.splitlines())
    assert [a.speaker.name for a in example.appearances.all()] == ["Paul Batalden"]
    assert example.show.artwork_width_px == 3000


def test_its_file_is_whole_and_says_that_a_computer_speaks(example):
    info = probe_audio(Path(example.audio.path))
    tags = MP3(example.audio.path).tags

    assert (
        (info.duration_ms, info.audio_bytes)
        == (example.duration_ms, example.audio_bytes)
        == (698_044, info.audio_bytes)
    )
    assert str(tags["TIT2"]) == "E00 – Paul on Coproduction"
    assert any("computer's" in str(comment) for comment in tags.getall("COMM"))
    assert "computer's" in example.disclosure


def test_its_biography_claims_nothing_the_transcript_does_not_say(example):
    bio = Speaker.objects.get().bio

    assert "1991" in bio
    assert "Don Berwick" in bio
    assert "25 years" in bio
    assert "<br>" not in to_html(bio)


def test_the_job_measures_and_draws_it_and_leaves_the_file_as_it_is(example):
    before = example.audio_sha256

    process_audio(example.pk)

    example.refresh_from_db()
    assert example.audio_sha256 == before
    assert example.loudness_lufs == pytest.approx(-20.6, abs=0.5)
    assert len(example.waveform.peaks) == 1800


def test_loading_it_twice_changes_nothing(example):
    before = list(Show.objects.values()), list(Episode.objects.values())
    out = StringIO()

    call_command("load_example", stdout=out)

    assert (list(Show.objects.values()), list(Episode.objects.values())) == before
    assert "already here" in out.getvalue()


def test_the_cover_is_drawn_the_same_each_time():
    assert hashlib.sha256(draw_cover()).digest() == hashlib.sha256(draw_cover()).digest()
