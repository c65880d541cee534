import pytest
from django.core import signing
from django.urls import reverse

from downloads.delivery.patience import breaker
from downloads.models import Request
from episodes.models import Episode
from episodes.preview import PREVIEW_LASTS, make_token, withdraw_links
from episodes.production import discard
from tests.factories import make_draft, make_episode

SOUND = bytes(range(256)) * 40


@pytest.fixture
def draft(show):
    episode = make_episode(show, audio_content=SOUND)
    Episode.objects.update(state="draft", published_at=None)
    episode.refresh_from_db()
    return episode


def sound_url(episode, token="") -> str:
    return reverse("publishing:preview_sound", args=[token or make_token(episode), "mp3"])


def test_the_preview_page_plays_its_own_sound(client, draft):
    token = make_token(draft)

    page = client.get(reverse("publishing:preview", args=[token])).content.decode()

    assert f'src="{sound_url(draft, token)}"' in page
    assert draft.get_enclosure_url() not in page


def test_the_sound_comes_whole_for_nobody_to_keep_or_find(client, draft):
    answer = client.get(sound_url(draft))

    assert b"".join(answer.streaming_content) == SOUND
    assert answer["Content-Type"] == "audio/mpeg"
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert answer["Accept-Ranges"] == "bytes"
    assert not answer.cookies


def test_the_player_can_jump(client, draft):
    answer = client.get(sound_url(draft), headers={"Range": "bytes=100-199"})

    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 100-199/{len(SOUND)}")
    assert b"".join(answer.streaming_content) == SOUND[100:200]


def test_a_range_after_the_end_is_told(client, draft):
    assert client.get(sound_url(draft), headers={"Range": "bytes=99999-"}).status_code == 416


def test_head_tells_the_length_without_the_bytes(client, draft):
    answer = client.head(sound_url(draft))

    assert (answer["Content-Length"], answer.content) == (str(len(SOUND)), b"")


def test_listening_to_a_preview_is_no_download(client, draft, settings):
    b"".join(client.get(sound_url(draft)).streaming_content)

    assert not Request.objects.exists()
    assert not [path for path in settings.VAR_DIR.rglob("*") if path.is_file() and b"/preview/" in path.read_bytes()]


def test_the_sound_closes_with_its_link(client, draft, monkeypatch):
    url = sound_url(draft)
    withdraw_links(draft)
    withdrawn = client.get(url).status_code
    new = sound_url(draft)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + PREVIEW_LASTS.total_seconds() + 1)

    assert withdrawn == 404
    assert client.get(new).status_code == 404


def test_the_sound_of_a_discarded_episode_or_one_without_audio_is_not_there(client, show, draft):
    url = sound_url(draft)
    discard(draft)

    assert client.get(url).status_code == 404
    assert client.get(sound_url(make_draft(show))).status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é"])
def test_a_forged_address_is_answered_like_an_unknown_one(client, db, token):
    assert client.get(f"/preview/{token}/sound.mp3").status_code == 404


def test_a_file_that_is_gone_is_not_there(client, draft):
    draft.audio.storage.delete(draft.audio.name)

    assert client.get(sound_url(draft)).status_code == 404


def test_nothing_can_be_sent_there(client, draft):
    assert client.post(sound_url(draft)).status_code == 405


def test_while_the_database_is_silent_it_is_said_to_come_later(client, draft, monkeypatch):
    url = sound_url(draft)
    monkeypatch.setattr(breaker, "is_open", True)

    answer = client.get(url)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
