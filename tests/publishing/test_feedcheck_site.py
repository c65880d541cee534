"""The feed check asks the running site as an app would, and finds what does not fit."""

import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from episodes.models import Chapter, Episode, Show, SmallAudio
from episodes.production import attach_artwork, attach_audio
from publishing.feedcheck.rules import Need
from publishing.feedcheck.running import check_show
from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture
from tests.factories import an_hour_ago, make_chapter, make_draft, make_show, make_small_audio
from transcripts.models import Segment, Transcript

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def example(live_server, settings, tmp_path):
    """A show of one whole episode with real audio, at a real address."""
    settings.SITE_URL = live_server.url
    tone = write_tone(tmp_path / "tone.mp3", seconds=20).read_bytes()
    show = make_show(author="A team", title="A Show")
    attach_artwork(show, ContentFile(picture()))
    episode = make_draft(show, title="On trust", slug="on-trust", summary="What it is about.")
    attach_audio(episode, ContentFile(tone))
    transcript = Transcript.objects.create(episode=episode, language="en")
    Segment.objects.create(transcript=transcript, position=0, text="Hello.", start_ms=0, end_ms=900, status="ok")
    make_chapter(episode, 0)
    Episode.objects.filter(pk=episode.pk).update(state="public", published_at=an_hour_ago())
    return show


def must(show):
    return [str(finding) for finding in check_show(show) if finding.need == Need.MUST]


def test_a_good_show_is_as_directories_want_it(example):
    assert must(example) == []


def test_the_command_says_so_and_ends_well(example):
    out = io.StringIO()

    call_command("check_feed", example.slug, stdout=out)

    lines = out.getvalue().splitlines()
    assert [line for line in lines if "MUST" in line] == []
    assert lines


def test_the_command_ends_badly_when_something_must_be_mended(example):
    Show.objects.update(language="english")
    out = io.StringIO()

    with pytest.raises(CommandError, match="must be mended"):
        call_command("check_feed", stdout=out)

    assert f'{example.slug}: MUST: "english" is no language code.' in out.getvalue()


def test_the_command_names_a_show_it_does_not_know():
    with pytest.raises(CommandError, match='There is no show "nobody"'):
        call_command("check_feed", "nobody")


def test_a_length_that_is_not_the_files_is_found(example):
    Episode.objects.update(audio_bytes=17)

    assert any("bytes; the site says 17" in text for text in must(example))


def test_a_duration_that_is_not_the_audios_is_found(example):
    Episode.objects.update(duration_ms=60_000)

    assert any("lasts 1:00; it lasts 0:20" in text for text in must(example))


def test_audio_that_is_gone_is_found(example):
    episode = Episode.objects.get()
    episode.audio.storage.delete(episode.audio.name)

    assert any("audio" in text for text in must(example))


def test_a_smaller_file_that_is_gone_or_another_is_found(example):
    small = make_small_audio(Episode.objects.get())
    assert must(example) == []

    SmallAudio.objects.update(audio_bytes=17)
    assert any("says that the smaller file has 17 bytes; it has" in text for text in must(example))

    small.file.storage.delete(small.file.name)
    assert any("The smaller file answers 404" in text for text in must(example))


def test_a_file_that_is_no_audio_is_found(example):
    episode = Episode.objects.get()
    with open(episode.audio.path, "r+b") as file:
        file.write(b"<html>" * (episode.audio_bytes // 6))

    assert any("not MP3 by its content" in text for text in must(example))


def test_words_and_chapters_behind_the_end_of_the_audio_are_found(example):
    Segment.objects.all().delete()
    transcript = Episode.objects.get().transcripts.get()
    Segment.objects.create(
        transcript=transcript, position=0, text="Late.", start_ms=9_000_000, end_ms=9_001_000, status="ok"
    )
    Chapter.objects.create(episode=transcript.episode, start_ms=9_000_000, title="Late")

    found = must(example)

    assert any("The transcript ends at 2:30:01, after the audio" in text for text in found)
    assert any("A chapter begins at 2:30:00, after the audio" in text for text in found)


def test_a_site_that_cannot_be_reached_is_said_so(example, settings):
    settings.SITE_URL = "http://127.0.0.1:9"

    [found] = check_show(example)

    assert (found.need, found.text.startswith("Apps cannot fetch the feed: ")) == (Need.MUST, True)


def test_chapters_are_read_as_apps_read_them(example, client):
    episode = Episode.objects.get()
    Chapter.objects.create(episode=episode, start_ms=1_500, title="Soon")

    listed = json.loads(client.get(f"/{example.slug}/{episode.slug}/chapters.json").content)["chapters"]

    assert {"startTime": 1.5, "title": "Soon"} in listed
