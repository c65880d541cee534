"""The enclosure's address, through Django's own client."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from episodes.models import Episode
from tests.factories import an_hour_ago, in_one_hour, make_draft, make_episode

AUDIO = bytes(range(256)) * 40
SHA8 = hashlib.sha256(AUDIO).hexdigest()[:8]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def episode(show):
    return make_episode(show, title='Vård – "why"?', audio_content=AUDIO)


def test_the_whole_file_is_sent_with_what_apps_need(client, episode):
    response = client.get(episode.get_enclosure_url())

    assert (response.status_code, body(response)) == (200, AUDIO)
    assert {
        name: response[name]
        for name in (
            "Content-Type",
            "Content-Length",
            "Accept-Ranges",
            "ETag",
            "Cache-Control",
            "Access-Control-Allow-Origin",
        )
    } == {
        "Content-Type": "audio/mpeg",
        "Content-Length": "10240",
        "Accept-Ranges": "bytes",
        "ETag": f'"{hashlib.sha256(AUDIO).hexdigest()}"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "Access-Control-Allow-Origin": "*",
    }
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_saved_file_has_a_readable_name(client, episode):
    response = client.head(episode.get_enclosure_url())

    show = episode.show.title.replace(" ", "%20")
    assert response["Content-Disposition"] == (
        f'inline; filename="{episode.show.title} - Vard why.mp3"; '
        f"filename*=UTF-8''{show}%20-%20V%C3%A5rd%20%E2%80%93%20why.mp3"
    )


@pytest.mark.parametrize(
    ("range_header", "status", "content_range", "expected"),
    [
        ("bytes=0-1", 206, "bytes 0-1/10240", AUDIO[:2]),
        ("bytes=10000-", 206, "bytes 10000-10239/10240", AUDIO[10000:]),
        ("bytes=-5", 206, "bytes 10235-10239/10240", AUDIO[-5:]),
        ("bytes=10239-99999", 206, "bytes 10239-10239/10240", AUDIO[-1:]),
        ("bytes=10240-", 416, "bytes */10240", b""),
        ("bytes=0-1,5-6", 200, None, AUDIO),
        ("bytes=x", 200, None, AUDIO),
    ],
)
def test_a_range_gives_exactly_its_bytes(client, episode, range_header, status, content_range, expected):
    response = client.get(episode.get_enclosure_url() + "?_from=app", headers={"range": range_header})

    assert (response.status_code, response.get("Content-Range"), body(response)) == (status, content_range, expected)
    assert "Content-Encoding" not in response


def test_a_download_resumes_only_if_the_bytes_are_still_the_same(client, episode):
    etag = client.head(episode.get_enclosure_url())["ETag"]

    same = client.get(episode.get_enclosure_url(), headers={"range": "bytes=100-", "if-range": etag})
    other = client.get(episode.get_enclosure_url(), headers={"range": "bytes=100-", "if-range": '"x"'})

    assert (same.status_code, body(same)) == (206, AUDIO[100:])
    assert (other.status_code, body(other)) == (200, AUDIO)


def test_a_known_copy_is_not_sent_again(client, episode):
    etag = client.head(episode.get_enclosure_url())["ETag"]

    response = client.get(episode.get_enclosure_url(), headers={"if-none-match": f"W/{etag}"})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_head_tells_the_size_and_sends_nothing(client, episode):
    response = client.head(episode.get_enclosure_url(), headers={"range": "bytes=0-1"})

    assert (response.status_code, response["Content-Length"], response.content) == (200, "10240", b"")


def test_web_players_elsewhere_may_ask_first(client, episode):
    response = client.options(episode.get_enclosure_url())

    assert (response.status_code, response["Access-Control-Allow-Headers"]) == (
        204,
        "Range, If-Range, If-None-Match",
    )


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(client, episode, method):
    assert getattr(client, method)(episode.get_enclosure_url()).status_code == 405


@pytest.mark.parametrize(
    "over",
    [
        {"state": Episode.State.DRAFT},
        {"state": Episode.State.WITHDRAWN},
        {"published_at": in_one_hour()},
        {"deleted_at": an_hour_ago()},
    ],
    ids=["draft", "withdrawn", "scheduled", "deleted"],
)
def test_audio_that_is_not_out_answers_as_an_unknown_name_does(client, show, over):
    hidden = make_episode(show, audio_content=AUDIO, **over)

    answers = [
        client.get(url, headers=headers)
        for url in (hidden.get_enclosure_url(), f"/audio/{show.slug}/{'x' * len(hidden.slug)}/{SHA8}.mp3")
        for headers in ({}, {"range": "bytes=0-1"})
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content.replace(hidden.slug.encode(), b"x" * len(hidden.slug)) for answer in answers}) == 1


def test_a_draft_without_audio_has_no_enclosure(client, show):
    draft = make_draft(show)

    assert client.get(f"/audio/{show.slug}/{draft.slug}/{SHA8}.mp3").status_code == 404


def test_a_scheduled_episode_opens_when_its_hour_comes(client, show):
    episode = make_episode(show, audio_content=AUDIO, published_at=in_one_hour())
    before = client.get(episode.get_enclosure_url()).status_code

    Episode.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    after = client.head(episode.get_enclosure_url()).status_code

    assert (before, after) == (404, 200)


def test_the_address_of_replaced_audio_leads_to_the_new_one(client, episode):
    old_url = episode.get_enclosure_url()
    episode.audio_sha256 = hashlib.sha256(b"new").hexdigest()
    episode.save()

    response = client.get(f"{old_url}?_from=app")

    assert (response.status_code, response["Location"]) == (302, f"{episode.get_enclosure_url()}?_from=app")


def test_an_invented_content_name_leads_nowhere(client, episode):
    url = episode.get_enclosure_url().replace(SHA8, "00000000")

    assert client.get(url).status_code == 404


def test_a_former_address_of_the_episode_or_its_show_leads_to_the_present_one(client, episode):
    old_url = episode.get_enclosure_url()
    episode.slug = "new-name"
    episode.save()
    episode.show.slug = "new-show-name"
    episode.show.save()

    response = client.get(old_url)

    assert (response.status_code, response["Location"]) == (302, episode.get_enclosure_url())


def test_a_file_that_is_gone_is_not_an_error_of_the_server(client, episode):
    episode.audio.storage.delete(episode.audio.name)

    assert client.get(episode.get_enclosure_url()).status_code == 404
    assert client.head(episode.get_enclosure_url()).status_code == 404


def test_one_request_costs_two_small_queries(client, episode, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get(episode.get_enclosure_url(), headers={"range": "bytes=0-1"})
        response.close()


def test_a_public_picture_is_served_for_keeps(client, settings):
    (settings.MEDIA_ROOT / "artwork").mkdir(parents=True)
    (settings.MEDIA_ROOT / "artwork" / "abc.jpg").write_bytes(b"\xff\xd8picture")

    response = client.get("/media/artwork/abc.jpg", headers={"range": "bytes=2-"})

    assert (response.status_code, body(response), response["Content-Type"]) == (206, b"picture", "image/jpeg")
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["nothing.jpg", "../private/audio/x.mp3", "a.svg", "a.html", "a", "../../manage.py", "a%00.jpg", "artwork/"]
)
@pytest.mark.django_db
def test_nothing_else_is_served_from_the_media_folder(client, settings, path):
    settings.MEDIA_ROOT.mkdir(parents=True)
    for name in ("a.svg", "a.html"):
        (settings.MEDIA_ROOT / name).write_text("<script>")

    assert client.get(f"/media/{path}").status_code == 404
