"""Two web servers without a common disk and one worker are one site: on one Postgres, in one real object store."""

import re
from xml.etree import ElementTree

import pytest
import requests

from tests.coproduction_site.parts import Producer, errors_in, grown_site, in_time
from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture

FEED = "/a-show/feed.xml"
A, B = 0, 1


@pytest.fixture(scope="module")
def site():
    with grown_site(ready=False) as site:
        yield site


@pytest.fixture(scope="module")
def producer(site):
    """Signed in at the first web server, with a show made there and a cover in the store."""
    producer = Producer(site)
    producer.sign_in(A, *site.first_login())
    made = producer.save(
        A, B, "/admin/episodes/show/add/", files={"artwork_file": ("c.png", picture(fmt="PNG"))}, title="A show",
        slug="a-show", description="About it.", author="Ann", category="Health & Fitness > Medicine",
    )  # fmt: skip
    assert errors_in(made) == []
    return producer


def show_id(site) -> str:
    return str(site.database.rows("SELECT id FROM episodes_show")[0][0])


def worked_on(site, slug: str) -> None:
    """Wait until the worker has made the episode's audio."""
    state = (
        f"SELECT w.state FROM episodes_audiowork w JOIN episodes_episode e ON e.id = w.episode_id WHERE slug = '{slug}'"
    )
    in_time(
        lambda: site.database.rows(state) == [("done",)], 90, lambda: (site.database.rows(state), site.worker.said())
    )


def publish(producer, copy: int, slug: str) -> None:
    (pk,) = producer.site.database.rows(f"SELECT id FROM episodes_episode WHERE slug = '{slug}'")[0]
    page = f"/admin/episodes/episode/{pk}/publish/"
    answer = producer.post(copy, page, {**producer.values(producer.get(copy, page)), "when": "now"})
    assert "is live" in answer.text, errors_in(answer)


def titles(site, copy: int) -> list[str]:
    feed = site.get(copy, FEED)
    assert feed.status_code == 200
    return [item.findtext("title") for item in ElementTree.fromstring(feed.content).iter("item")]


def test_an_episode_comes_up_at_one_and_is_heard_at_the_other(site, producer, tmp_path):
    sound = write_tone(tmp_path / "a.mp3", seconds=20).read_bytes()

    made = producer.save(
        A, A, "/admin/episodes/episode/add/", files={"audio_file": ("a.mp3", sound, "audio/mpeg")}, show=show_id(site),
        title="Plainly", slug="plainly", summary="Words about interdependence.",
    )  # fmt: skip
    worked_on(site, "plainly")
    publish(producer, B, "plainly")

    assert errors_in(made) == []
    assert titles(site, A) == titles(site, B) == ["Plainly"]
    assert site.get(A, FEED).content == site.get(B, FEED).content
    assert "Plainly" in site.get(B, "/a-show/").text
    assert "Words about interdependence." in site.get(A, "/a-show/plainly/").text
    assert "/a-show/plainly/" in site.get(B, "/search/?q=interdependence").text
    enclosure = ElementTree.fromstring(site.get(B, FEED).content).find(".//enclosure")
    sent_on = site.get(B, re.sub(r"^https?://[^/]+", "", enclosure.get("url")))
    heard = requests.get(sent_on.headers["Location"], timeout=30)
    assert (sent_on.status_code, heard.status_code, len(heard.content)) == (302, 200, int(enclosure.get("length")))
    cover = re.search(r"/media/artwork/[^\"' ]+", site.get(B, "/a-show/").text)[0]
    assert site.get(B, cover).content == site.get(A, cover).content


def test_the_pieces_of_an_upload_may_reach_either_server(site, producer, tmp_path):
    sound = write_tone(tmp_path / "a.mp3", seconds=90, bitrate_bps=320_000).read_bytes()

    token = producer.upload([A, B], sound, pieces=5)
    about = producer.get(B, f"/admin/episodes/episode/upload/{token}/").json()
    made = producer.save(
        B, A, "/admin/episodes/episode/add/", show=show_id(site), title="Piecewise", slug="piecewise", summary="Some.",
        audio_token=token,
    )  # fmt: skip
    worked_on(site, "piecewise")
    publish(producer, A, "piecewise")

    assert about["summary"].startswith("MP3, 1:30 long")
    assert errors_in(made) == []
    assert titles(site, B)[0] == "Piecewise"
    assert site.database.rows("SELECT count(*) FROM episodes_upload") == [(0,)]
    left = site.store.client().list_objects_v2(Bucket="podcast", Prefix="incoming/").get("Contents", [])
    assert left == []


def test_who_signed_in_at_one_is_signed_in_at_the_other_and_out_at_both(site, producer):
    other = Producer(site)
    other.sign_in(B, *site.first_login())
    known = other.get(A, "/admin/")

    out = other.post(A, "/admin/logout/", {"csrfmiddlewaretoken": other.session.cookies["csrf"]})
    after = other.get(B, "/admin/")

    assert "Today" in known.text
    assert out.status_code == 200
    assert "/login/" in after.url


def test_a_withdrawal_at_one_is_true_at_the_other_at_once(site, producer, tmp_path):
    producer.save(
        A, A, "/admin/episodes/episode/add/", show=show_id(site), title="Shortly", slug="shortly", summary="Some.",
        files={"audio_file": ("a.mp3", write_tone(tmp_path / "a.mp3", seconds=5).read_bytes(), "audio/mpeg")},
    )  # fmt: skip
    worked_on(site, "shortly")
    publish(producer, A, "shortly")
    enclosure = ElementTree.fromstring(site.get(B, FEED).content).find(".//enclosure").get("url")
    audio = re.sub(r"^https?://[^/]+", "", enclosure)
    assert (site.get(B, "/a-show/shortly/").status_code, site.get(B, audio).status_code) == (200, 302)
    (pk,) = site.database.rows("SELECT id FROM episodes_episode WHERE slug = 'shortly'")[0]

    page = f"/admin/episodes/episode/{pk}/withdraw/"
    producer.post(A, page, producer.values(producer.get(A, page)))

    assert "Shortly" not in titles(site, B)
    assert site.get(B, "/a-show/shortly/").status_code in (404, 410)
    assert "shortly" not in site.get(B, "/a-show/").text
    # A process that has just handed the audio out believes so for a few seconds.
    in_time(lambda: site.get(B, audio).status_code in (404, 410), 15, lambda: site.get(B, audio).status_code)


def test_what_both_counted_adds_up_and_one_reader_is_one(site, producer):
    """The same app asks both servers; another app asks one. Each server brings in its own notes within a minute."""
    for copy, agent in ((A, "AntennaPod/3.2.0"), (B, "AntennaPod/3.2.0"), (B, "Overcast/3.0 (+http://overcast.fm/)")):
        site.get(copy, FEED, headers={"User-Agent": agent})

    counted = "SELECT reader, fetchers FROM downloads_dailyfeedreader WHERE reader LIKE 'AntennaPod%'"
    in_time(
        lambda: site.database.rows(counted) and not [*site.folder.glob("copy-*/var/deliveries/*.fetches")], 120,
        lambda: (site.database.rows(counted), [*site.folder.glob("copy-*/var/deliveries/*")]),
    )  # fmt: skip

    assert site.database.rows(counted) == [("AntennaPod", 1)]
    keys = {file.read_bytes() for file in site.folder.glob("copy-*/var/deliveries/salt-*")}
    assert len(keys) == 1


def test_wrong_passwords_at_both_count_together(site, producer):
    """Ten tries for a name and address in all, wherever they were made; the eleventh is refused at either."""
    guest = Producer(site)
    for number in range(10):
        assert guest.sign_in(number % 2, "somebody", "wrong").status_code == 200

    refused = {copy: guest.sign_in(copy, "somebody", "wrong") for copy in (A, B)}

    assert {copy: "Too many" in page.text for copy, page in refused.items()} == {A: True, B: True}


def test_both_have_their_own_last_copy_of_what_is_published(site, producer):
    """What is kept for the time without a database is there at each server, also at one that nobody asked."""
    in_time(
        lambda: all([*(site.folder / f"copy-{copy}" / "var" / "feeds").glob("*.feed")] for copy in (A, B)), 60,
        lambda: [*site.folder.glob("copy-*/var/feeds/*")],
    )  # fmt: skip
    feeds = {copy: site.get(copy, FEED).content for copy in (A, B)}

    site.database.hold()
    try:
        silent = {copy: site.get(copy, FEED) for copy in (A, B)}
    finally:
        site.database.go_on()

    assert {copy: answer.content for copy, answer in silent.items()} == feeds
