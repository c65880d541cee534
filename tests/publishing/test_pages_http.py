"""How pages answer: cookies, headers, ETags, compression, queries, and whatever is thrown at them."""

import gzip
import time
from datetime import timedelta
from urllib.parse import quote

import brotli
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from episodes.models import EpisodeLink, FollowLink, ShowHost, Waveform
from publishing.pages.rows.kept import keep
from publishing.pages.site_state import read_site_mark
from publishing.pages.transcript_html import KEPT
from publishing.views.answering import STORED_PAGES
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker, make_topic
from tests.publishing.reading_pages import give_words

pytestmark = pytest.mark.django_db


def full_episode(show, number=1, **over):
    """An episode with one of everything."""
    episode = make_episode(show, number=number, show_notes="Words", **over)
    for _ in range(2):
        speaker = make_speaker()
        make_appearance(episode, speaker)
    make_chapter(episode, 0)
    episode.topics.add(make_topic())
    EpisodeLink.objects.create(episode=episode, title="A paper", url="https://example.org/")
    Waveform.objects.create(episode=episode, audio_sha256=episode.audio_sha256, peaks=[1, 200, 50])
    give_words(episode)
    return episode


def public_paths(show, episode):
    base, own = f"/{show.slug}/", episode.get_absolute_url()
    site = [
        "/",
        "/speakers/",
        "/topics/",
        "/search/?q=trust",
        "/accessibility/",
        "/privacy/",
        "/offline/",
        "/oembed?url=x",
    ]
    files = [
        "/robots.txt",
        "/sitemap.xml",
        "/.well-known/security.txt",
        "/manifest.webmanifest",
        "/sw.js",
        "/favicon.ico",
    ]
    mine = [base, f"{base}episodes/", f"{base}about/", f"{base}follow/", f"{base}share.jpg"]
    its = [own, f"{own}transcript/", f"{own}transcript.vtt", f"{own}chapters.json", f"{own}embed/", f"{own}related/"]
    people = [episode.people_for_test.get_absolute_url()]
    return [*site, *files, *mine, *its, f"{own}correct/", f"{own}cite.bib", *people, "/nothing/", "/search.json?q=x"]


def test_no_public_answer_carries_a_cookie_or_varies_by_one(client, show):
    episode = full_episode(show)
    episode.people_for_test = episode.appearances.first().speaker

    answers = {path: client.get(path) for path in public_paths(show, episode)}

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code not in (200, 404)} == {}
    assert [path for path, answer in answers.items() if answer.cookies] == []
    assert [path for path, answer in answers.items() if "cookie" in answer.get("Vary", "").lower()] == []
    assert [
        path for path, answer in answers.items() if "default-src 'none'" not in answer["Content-Security-Policy"]
    ] == []
    assert [path for path, answer in answers.items() if answer["X-Content-Type-Options"] != "nosniff"] == []
    assert [path for path, answer in answers.items() if "camera=()" not in answer["Permissions-Policy"]] == []


def test_only_the_embed_page_may_be_framed_by_others(client, show):
    episode = full_episode(show)

    page, embed = (client.get(episode.get_absolute_url() + end) for end in ("", "embed/"))

    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed
    assert b"noindex" in embed.content


def test_a_page_is_not_sent_again_until_something_on_it_changes(client, show):
    episode = full_episode(show)
    path = episode.get_absolute_url()
    first = client.get(path)

    same = client.get(path, headers={"If-None-Match": first["ETag"]})
    listed = client.get(path, headers={"If-None-Match": f'"other", {first["ETag"].removeprefix("W/")}'})
    any_at_all = client.get(path, headers={"If-None-Match": "*"})
    episode.title = "A better title"
    episode.save()
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert [same.status_code, listed.status_code, any_at_all.status_code, changed.status_code] == [304, 304, 304, 200]
    assert same["ETag"] == first["ETag"] != changed["ETag"]
    assert b"A better title" in changed.content
    assert same.content == b""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/", "/{show}/episodes/", "/speakers/", "/topics/", "/sitemap.xml"])
def test_an_episode_appears_on_its_minute_without_any_job(client, show, path):
    full_episode(show)
    soon = make_episode(show, title="Newcomer", slug="newcomer", published_at=timezone.now() + timedelta(seconds=1.5))
    make_appearance(soon, make_speaker(name="Newcomer"))
    soon.topics.add(make_topic(name="Newcomer"))
    path = path.format(show=show.slug)

    before = client.get(path)
    time.sleep(1.6)
    after = client.get(path, headers={"If-None-Match": before["ETag"]} if "ETag" in before else {})

    assert b"newcomer" not in before.content.lower()
    assert after.status_code == 200
    assert b"newcomer" in after.content.lower()


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_a_page_travels_compressed_and_says_so(client, show, encoding, unpack):
    episode = full_episode(show)
    plain = client.get(episode.get_absolute_url())

    packed = client.get(episode.get_absolute_url(), headers={"Accept-Encoding": f"deflate, {encoding};q=0.8"})

    assert packed["Content-Encoding"] == encoding
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert unpack(packed.content) == plain.content
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"


def test_a_refused_encoding_is_not_used(client, show):
    page = client.get(f"/{show.slug}/", headers={"Accept-Encoding": "gzip;q=0, br;q=0"})

    assert "Content-Encoding" not in page


def counted(client, path) -> int:
    STORED_PAGES.clear()
    KEPT.clear()
    keep("another mark", "", lambda: None)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_the_database_three_times_at_most(client, show, rows):
    speaker, topic = make_speaker(), make_topic()
    ShowHost.objects.create(show=show, speaker=speaker)
    FollowLink.objects.create(show=show, app="apple", url="https://example.org/")
    for number in range(rows):
        episode = full_episode(show, number)
        make_appearance(episode, speaker)
        episode.topics.add(topic)
        make_chapter(episode, 5)
    base = f"/{show.slug}/"
    paths = ["/", base, f"{base}episodes/", episode.get_absolute_url(), f"{episode.get_absolute_url()}transcript/"]
    paths += ["/speakers/", "/topics/", topic.get_absolute_url(), f"{base}follow/", f"{base}about/"]

    counts = {path: counted(client, path) for path in paths}

    assert {path: count for path, count in counts.items() if count > 3} == {}


def test_a_warm_page_and_a_304_ask_once(client, show):
    path = full_episode(show).get_absolute_url()
    etag = client.get(path)["ETag"]

    with CaptureQueriesContext(connection) as warm:
        client.get(path)
    with CaptureQueriesContext(connection) as not_modified:
        client.get(path, headers={"If-None-Match": etag})

    assert (len(warm), len(not_modified)) == (1, 1)


def test_another_moment_of_a_page_asks_only_whether_anything_has_changed(client, show):
    path = full_episode(show).get_absolute_url()
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        assert b"mp3#t=90" in client.get(f"{path}?t=90").content

    assert len(queries) == 1


def test_parameters_a_page_does_not_know_change_nothing(client, show):
    path = full_episode(show).get_absolute_url()

    assert client.get(f"{path}?utm_source=x")["ETag"] == client.get(path)["ETag"]


ODD = [
    "\x00",
    "%00",
    "\ud800",
    "🎧",
    "a" * 3000,
    "../../etc/passwd",
    "'\"<script>",
    "%",
    "%ff",
    "٣",
    "{{7*7}}",
    "-1",
    "\u202e",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_paths_and_questions_are_answered_calmly(client, show, odd):
    episode = full_episode(show)
    text = quote(odd, safe="%", errors="surrogatepass")
    own = episode.get_absolute_url()
    paths = [f"/{text}/", f"/{show.slug}/{text}/", f"/{text}/{text}/", f"/speakers/{text}/", f"/topics/{text}/"]
    paths += [f"{own}transcript.{text}", f"{own}cite.{text}", f"/preview/{text}/", f"{own}?t={text}"]
    paths += [f"/search/?q={text}&year={text}&page={text}&speaker={text}", f"/search.json?q={text}&topic={text}"]
    paths += [
        f"/oembed?url={text}",
        f"/oembed?url=http://testserver/{text}&format={text}",
        f"{own}transcript.vtt?lang={text}",
    ]
    paths += [
        f"/{show.slug}/episodes/?page={text}",
        f"/{show.slug}/episodes/?topic={text}&year={text}",
        f"{own}embed/?theme={text}",
    ]
    paths += [f"{own}correct/?s={text}"]

    answers = {path: client.get(path).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status not in (200, 301, 400, 404, 501)} == {}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
def test_pages_are_for_reading_only(client, show, method):
    episode = full_episode(show)

    for path in ("/", episode.get_absolute_url(), "/search/", "/oembed", "/robots.txt", "/sw.js"):
        assert getattr(client, method)(path).status_code in (403, 405), path


def test_head_has_the_headers_of_get_and_no_body(client, show):
    path = full_episode(show).get_absolute_url()

    head, get = client.head(path), client.get(path)

    assert head.content == b""
    assert {name: head[name] for name in ("ETag", "Content-Type", "Cache-Control")} == {
        name: get[name] for name in ("ETag", "Content-Type", "Cache-Control")
    }


@pytest.fixture
def silence(monkeypatch):
    """The database stops answering: what asks it hears the error that a closed connection gives."""

    def begin() -> None:
        def silent(*args, **kwargs):
            raise OperationalError("the server closed the connection")

        # The breaker would otherwise ask again in the background, and outlive the test.
        monkeypatch.setattr("downloads.delivery.patience.Breaker._open", lambda self, error: None)
        monkeypatch.setattr("publishing.views.answering.read_site_mark", silent)
        monkeypatch.setattr("publishing.views.errors.read_frame", silent)

    return begin


def test_without_a_database_a_page_is_shown_as_it_last_was(client, show, silence):
    path = full_episode(show).get_absolute_url()
    fresh = client.get(path)

    silence()
    stale = client.get(path)
    never_read = client.get(f"/{show.slug}/about/")

    assert stale.status_code == 200
    assert stale.content == fresh.content
    assert stale["Warning"].startswith("110")
    assert (never_read.status_code, never_read["Retry-After"]) == (503, "30")


def test_a_page_that_is_not_at_hand_is_waited_for_longer_than_one_that_is(client, show, monkeypatch):
    def slowly():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.8)")
        return read_site_mark()

    monkeypatch.setattr("publishing.views.answering.read_site_mark", slowly)

    assert client.get(f"/{show.slug}/about/").status_code == 200


def test_a_page_from_before_the_last_change_is_not_shown_without_a_database(client, show, silence):
    episode = full_episode(show)
    client.get(episode.get_absolute_url())
    episode.title = "Changed"
    episode.save()
    client.get(f"/{show.slug}/")

    silence()

    assert client.get(episode.get_absolute_url()).status_code == 503


def test_a_missing_address_is_answered_in_words_even_without_a_database(client, show, silence):
    silence()

    answer = client.get("/no/such/thing/at/all")

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}\u202e\x00]]>"


def test_text_from_anyone_stays_text_on_every_page(client, show):
    show.title = show.tagline = show.author = HOSTILE
    show.description = show.about = HOSTILE
    show.save()
    speaker = make_speaker(name=HOSTILE[:128], slug="x", bio=HOSTILE, affiliation=HOSTILE)
    ShowHost.objects.create(show=show, speaker=speaker)
    episode = make_episode(
        show, title=HOSTILE, summary=HOSTILE, show_notes=HOSTILE, disclosure=HOSTILE, display_number="<b>"
    )
    make_appearance(episode, speaker, affiliation=HOSTILE)
    make_chapter(episode, 0, title=HOSTILE)
    topic = make_topic(name=HOSTILE[:80], description=HOSTILE)
    episode.topics.add(topic)
    EpisodeLink.objects.create(episode=episode, title=HOSTILE, url="https://example.org/")
    give_words(
        episode, f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>{HOSTILE.replace('<', '&lt;').replace(chr(0), '')}\n"
    )
    base, own = f"/{show.slug}/", episode.get_absolute_url()
    paths = ["/", base, f"{base}episodes/", f"{base}about/", f"{base}follow/", own, f"{own}transcript/", f"{own}embed/"]
    paths += [f"{own}related/", f"{own}correct/", speaker.get_absolute_url(), topic.get_absolute_url(), "/speakers/"]
    paths += ["/topics/", f"/search/?q={quote(HOSTILE.replace(chr(0), ''))}"]

    for path in paths:
        page = client.get(path)
        body = page.content.decode()
        assert page.status_code == 200, path
        assert "<script>alert" not in body, path
        assert "<img src=x" not in body, path


@pytest.mark.parametrize(("delivery", "told"), [("disk", False), ("s3", True)])
def test_the_privacy_page_says_who_else_sees_a_listener(client, show, settings, delivery, told):
    settings.AUDIO_DELIVERY = delivery
    STORED_PAGES.clear()

    assert (b"storage service" in client.get("/privacy/").content) is told
