"""The short way to audio gives what the whole way gives, and only for what is published."""

import random
from datetime import timedelta
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from django.utils import timezone

from downloads.delivery import published
from downloads.delivery.published import recall, refresh_list
from downloads.delivery.quick_audio import QuickAudio
from episodes.models import Episode
from tests.factories import make_episode, make_show

AUDIO = random.Random(1).randbytes(10_000)


def whole_way(environ, start_response):
    start_response("299 The whole way", [])
    return []


def ask(path, method="GET", **headers):
    """The answer of the short way: status, headers, body; status 299 where it leaves the request to the site."""
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.file_wrapper": FileWrapper, **headers}
    setup_testing_defaults(environ)
    answer = []
    body = QuickAudio(whole_way)(environ, lambda status, headers: answer.extend((int(status[:3]), dict(headers))))
    data = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return answer[0], answer[1], data


@pytest.fixture
def episode(transactional_db):
    published._memory.clear()
    yield make_episode(make_show(), audio_content=AUDIO)
    published._memory.clear()


@pytest.fixture
def known(episode, client):
    """An episode whose audio was asked for a moment ago."""
    client.head(episode.get_enclosure_url())
    return episode


def test_what_nobody_has_asked_for_goes_the_whole_way(episode):
    assert ask(episode.get_enclosure_url())[0] == 299


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_RANGE": "bytes=10-19"},
        {"HTTP_RANGE": "bytes=-3"},
        {"HTTP_RANGE": "bytes=99999-"},
        {"HTTP_RANGE": "bytes=0-1,5-6"},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MATCH": '"x"'},
    ],
)
def test_both_ways_give_the_same_answer(known, client, headers):
    status, short_headers, body = ask(known.get_enclosure_url(), **headers)

    long = client.get(known.get_enclosure_url(), **headers)
    whole = b"".join(long.streaming_content) if long.streaming else long.content
    assert (status, body) == (long.status_code, whole)
    for name in ("Content-Type", "Content-Range", "ETag", "Last-Modified", "Cache-Control", "Content-Disposition"):
        assert short_headers.get(name) == long.get(name), name
    assert short_headers["X-Content-Type-Options"] == "nosniff"


def test_head_is_answered_without_a_body(known):
    status, headers, body = ask(known.get_enclosure_url(), "HEAD", HTTP_RANGE="bytes=0-1")

    assert (status, headers["Content-Length"], body) == (200, "10000", b"")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_other_methods_go_the_whole_way(known, method):
    assert ask(known.get_enclosure_url(), method)[0] == 299


def test_another_content_name_goes_the_whole_way(known):
    url = known.get_enclosure_url()

    assert ask(url.replace(known.audio_sha256[:8], "00000000"))[0] == 299
    assert ask(url.replace(".mp3", ".m4a"))[0] == 299


def test_a_withdrawn_episode_is_forgotten_with_the_list(known):
    Episode.objects.update(state=Episode.State.WITHDRAWN)
    refresh_list()

    assert ask(known.get_enclosure_url())[0] == 299


def test_what_is_remembered_is_believed_for_a_second_only(known, monkeypatch):
    now = published.time.monotonic()
    monkeypatch.setattr(published.time, "monotonic", lambda: now + 1.1)

    assert recall(known.show.slug, known.slug) is None


def test_an_episode_moved_into_the_future_is_not_out(known, monkeypatch):
    monkeypatch.setattr(published.timezone, "now", lambda: known.published_at - timedelta(seconds=1))

    assert recall(known.show.slug, known.slug) is None


def test_a_file_that_is_gone_goes_the_whole_way(known):
    known.audio.storage.delete(known.audio.name)

    assert ask(known.get_enclosure_url())[0] == 299


def test_a_site_with_https_answers_by_https_only(known, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 100
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    plain = ask(known.get_enclosure_url())[0]
    proxied = ask(known.get_enclosure_url(), HTTP_X_FORWARDED_PROTO="https")

    assert plain == 299
    assert proxied[0] == 200
    assert proxied[1]["Strict-Transport-Security"].startswith("max-age=100")


def test_nothing_seen_inside_a_transaction_is_remembered(db, client):
    published._memory.clear()
    episode = make_episode(make_show(), audio_content=AUDIO, published_at=timezone.now() - timedelta(hours=1))

    client.head(episode.get_enclosure_url())

    assert ask(episode.get_enclosure_url())[0] == 299


def test_audio_is_out_from_the_very_moment_of_its_date(known):
    [listed] = [one for one in published.published_list().all() if one.episode == known.pk]

    assert listed.is_out(known.published_at)
    assert not listed.is_out(known.published_at - timedelta(microseconds=1))
