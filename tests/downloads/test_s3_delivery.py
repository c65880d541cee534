"""Audio in an object store, a real one: signed addresses that work, and nothing that is hidden."""

import random
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import storages
from django.utils.functional import empty

from downloads.counting import tally as counting
from downloads.counting.sent_elsewhere import take_in_log
from downloads.delivery import published
from downloads.models import DailyDownload, Request
from episodes.models import Episode
from episodes.models.fields import private_storage
from tests.downloads.running import get, gunicorn
from tests.factories import in_one_hour, make_episode, make_show
from tests.s3.store import swift_store

AUDIO = random.Random(1).randbytes(4_804_000)


@pytest.fixture(scope="module")
def store():
    with swift_store() as started:
        yield started


@pytest.fixture
def in_the_store(store, settings, monkeypatch):
    """Private files of this test lie in the store, as AUDIO_DELIVERY=s3 has it."""
    for name, value in store.environment().items():
        monkeypatch.setenv(name, value)
    settings.AUDIO_DELIVERY = "s3"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "podcast",
                "endpoint_url": store.endpoint_url,
                "region_name": "us-east-1",
                "signature_version": "s3v4",
                "addressing_style": "path",
                "default_acl": None,
                "querystring_auth": True,
            },
        },
    }
    private_storage()._wrapped = empty
    yield store
    storages._storages.pop("private", None)


@pytest.fixture
def episode(transactional_db, in_the_store):
    return make_episode(make_show(), title="Vård", audio_content=AUDIO, audio_tag_bytes=4_000)


@pytest.fixture
def port(episode, tmp_path, in_the_store):
    with gunicorn(tmp_path, WEB_PROCESSES="1", **in_the_store.environment()) as port:
        yield port


def follow(location, **headers):
    """Ask the store itself, as an app does that follows the redirect."""
    parts = urlsplit(location)
    return get(parts.port, f"{parts.path}?{parts.query}", **headers)


def test_an_app_is_led_to_a_signed_address_that_gives_every_byte(port, episode):
    first = get(port, f"{episode.get_enclosure_url()}?_from=app", Range="bytes=0-1")
    again = get(port, episode.get_enclosure_url())
    location = first[1]["location"]

    whole = follow(location)
    part = follow(location, Range="bytes=1000-1999")
    last = follow(location, Range="bytes=-5")
    beyond = follow(location, Range="bytes=9999999-")

    assert (first[0], again[1]["location"]) == (302, location)
    assert first[1]["cache-control"].startswith("private, max-age=")
    assert (whole[0], whole[2]) == (200, AUDIO)
    assert (part[0], part[2]) == (206, AUDIO[1000:2000])
    assert (last[0], last[2]) == (206, AUDIO[-5:])
    assert beyond[0] == 416
    assert whole[1]["content-type"] == "audio/mpeg"
    assert "V%C3%A5rd" in whole[1]["content-disposition"]


def test_nobody_gets_in_without_the_right_signature(port, episode):
    location = get(port, episode.get_enclosure_url())[1]["location"]
    signature = parse_qs(urlsplit(location).query)["X-Amz-Signature"][0]

    tampered = follow(location.replace(signature, signature[::-1]))[0]
    other_file = follow(location.replace(episode.audio.name, "audio/other.mp3"))[0]
    unsigned = follow(location.split("?")[0] + "?")[0]

    assert (tampered, other_file) == (403, 403)
    assert unsigned in (400, 403)


def test_hidden_audio_has_no_address_in_the_store(port, episode):
    for over in ({"state": Episode.State.DRAFT}, {"published_at": in_one_hour()}):
        hidden = make_episode(episode.show, audio_content=b"secret" * 100, **over)
        status, headers, _ = get(port, hidden.get_enclosure_url())

        assert (status, "location" in headers) == (404, False)


def test_directories_that_ask_with_head_are_answered_here(port, episode):
    status, headers, _ = get(port, episode.get_enclosure_url(), "HEAD")

    assert (status, headers["content-length"], headers["content-type"], headers["accept-ranges"]) == (
        200,
        "4804000",
        "audio/mpeg",
        "bytes",
    )


def test_the_stores_log_is_counted(episode):
    published.refresh_list()
    when = episode.changed_at.strftime("%d/%b/%Y:%H:%M:%S +0000")
    key = episode.audio.name.replace("/", "%252F")

    def line(address, operation="REST.GET.OBJECT", status=200, sent=4_804_000, agent="AntennaPod/3.2.0"):
        return (
            f'79a5 podcast [{when}] {address} - 3E57 {operation} {key} "GET /podcast/{key} HTTP/1.1" {status} - '
            f'{sent} 4804000 70 10 "-" "{agent}" - id= SigV4 - QueryString host TLSv1.2 - -'
        )

    log = [
        line("192.0.2.1"),
        line("192.0.2.1"),
        line("192.0.2.2"),
        line("192.0.2.3", "REST.HEAD.OBJECT", sent="-"),
        line("192.0.2.4", status=206, sent=2),
        line("192.0.2.5", agent="curl/8"),
        line("192.0.2.6", status=206, sent=600_000),
        "garbage",
    ]

    new = take_in_log(log)
    again = take_in_log(log)
    counting.count_unjudged()

    assert (new, again) == (7, 0)
    assert sum(DailyDownload.objects.values_list("downloads", flat=True)) == 3
    assert sorted(Request.objects.values_list("reason", flat=True)) == sorted(
        ["download", "repeat", "download", "method", "probe", "bot", "download"]
    )
