"""Of every published episode row, feed, page and file say the same; nothing half is ever public."""

import hashlib
import io
import json

import feedparser
import mutagen
import pytest
from django.core.files.base import File
from django.db import IntegrityError, transaction

from episodes.models import Episode
from episodes.production import NotReadyError, attach_audio, publish
from episodes.timecode import format_iso_duration
from tests.episodes.audio_samples import write_tone
from tests.factories import make_draft
from tests.publishing.reading_pages import select

# What another reader calls the content, in the words that Apple asks for.
APPLES_NAMES = {"audio/mp3": "audio/mpeg", "audio/mp4": "audio/x-m4a"}


@pytest.fixture
def episodes(show, tmp_path):
    """Published the way a producer does it: real sound of three kinds, measured by the site."""
    made = []
    for name, kind, more in (
        ("a", "mp3", {"seconds": 12}),
        ("b", "mp3", {"seconds": 7, "layout": "stereo", "bitrate_bps": 128_000}),
        ("c", "m4a", {"seconds": 9}),
    ):
        episode = make_draft(show, summary="About it.")
        with write_tone(tmp_path / f"{name}.{kind}", kind, **more).open("rb") as sound:
            attach_audio(episode, File(sound, name=f"{name}.{kind}"))
        publish(episode)
        made.append(Episode.objects.get(pk=episode.pk))
    return made


def test_row_feed_page_and_the_bytes_as_served_agree(client, show, episodes):
    feed = feedparser.parse(client.get(f"/{show.slug}/feed.xml").content)
    items = {item.id: item for item in feed.entries}

    assert set(items) == {episode.guid for episode in episodes}
    for episode in episodes:
        answer = client.get(episode.get_enclosure_url())
        served, item = answer.getvalue(), items[episode.guid]
        [enclosure] = item.enclosures
        [said] = select(client.get(episode.get_absolute_url()), 'script[type="application/ld+json"]')
        [audio] = [node["associatedMedia"] for node in json.loads(said.text)["@graph"] if "associatedMedia" in node]
        sounds = mutagen.File(io.BytesIO(served))

        assert enclosure.href.endswith(episode.get_enclosure_url())
        assert int(enclosure.length) == episode.audio_bytes == len(served) == int(answer["Content-Length"])
        assert enclosure.type == episode.audio_mime == answer["Content-Type"] == APPLES_NAMES[sounds.mime[0]]
        assert episode.audio_sha256 == hashlib.sha256(served).hexdigest()
        assert abs(episode.duration_ms - sounds.info.length * 1000) < 100
        assert abs(clock_seconds(item.itunes_duration) - sounds.info.length) <= 1
        assert audio["contentUrl"].endswith(episode.get_enclosure_url())
        assert audio["contentSize"] == str(len(served))
        assert audio["duration"] == format_iso_duration(episode.duration_ms)


def clock_seconds(text: str) -> int:
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


@pytest.mark.parametrize(
    "missing",
    [
        {"audio": ""},
        {"audio_bytes": None},
        {"audio_bytes": 0},
        {"audio_mime": ""},
        {"audio_sha256": ""},
        {"duration_ms": None},
        {"published_at": None},
    ],
    ids=str,
)
def test_the_database_itself_refuses_to_make_half_an_episode_public(episodes, missing):
    one = Episode.objects.filter(pk=episodes[0].pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        one.update(**missing)


def test_a_draft_without_its_sound_is_not_published_and_says_what_it_needs(show):
    draft = make_draft(show, summary="About it.")

    with pytest.raises(NotReadyError) as refused:
        publish(draft)

    assert "audio" in str(refused.value)
    assert not Episode.objects.published().exists()


def test_a_page_names_no_file_that_is_not_there(client, episodes):
    for episode in episodes:
        page = client.get(episode.get_absolute_url()).content.decode()
        assert page.count(episode.get_enclosure_url()) >= 1
        assert client.head(episode.get_enclosure_url()).status_code == 200
