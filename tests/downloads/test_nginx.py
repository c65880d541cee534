"""nginx in front, with the configuration we ship: audio by nginx alone, nothing hidden gets out, nobody is held up."""

import json
import random
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from downloads.counting.spool import DeliveryNote, read_notes
from downloads.delivery import published
from downloads.middleware import KeepPublishedList
from episodes.models import Episode
from tests.downloads.running import NOBODY, get, gunicorn, listener_by_systemd, nginx, phone
from tests.factories import in_one_hour, make_episode, make_show

AUDIO = random.Random(1).randbytes(2_000_000)
STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture
def by_nginx(settings):
    settings.AUDIO_DELIVERY = "nginx"


@pytest.fixture
def episode(transactional_db, by_nginx):
    made = make_episode(make_show(), audio_content=AUDIO)
    published.refresh_list()
    return made


@pytest.fixture(autouse=True)
def collected(settings):
    """What nginx needs of the collected static files."""
    (settings.VAR_DIR / "static").mkdir(parents=True)
    shutil.copy(STATIC / "maintenance.html", settings.VAR_DIR / "static")


def folder_of_links(settings):
    return sorted(path.name for path in (settings.VAR_DIR / "published").glob("*/*/*"))


def test_published_audio_needs_no_site_and_hidden_audio_has_no_way_out(episode, tmp_path):
    hidden = [
        make_episode(episode.show, audio_content=b"secret" * 50, **over)
        for over in (
            {"state": Episode.State.DRAFT},
            {"state": Episode.State.WITHDRAWN},
            {"published_at": in_one_hour()},
        )
    ]
    published.refresh_list()
    with nginx(tmp_path, NOBODY, "off") as port:
        whole = get(port, episode.get_enclosure_url())
        others = [get(port, one.get_enclosure_url()) for one in hidden]
        direct = [get(port, f"/private-audio/{one.audio.name}")[0] for one in [episode, *hidden]]
        outside = get(port, "/media/../private/audio/x.mp3")[0]

    assert whole[0] == 200
    assert whole[2] == AUDIO
    assert {name: whole[1].get(name) for name in ("content-type", "accept-ranges", "content-encoding")} == {
        "content-type": "audio/mpeg",
        "accept-ranges": "bytes",
        "content-encoding": None,
    }
    assert [answer[0] for answer in others] == [503, 503, 503]
    assert set(direct) == {404}
    assert outside in (400, 404, 503)


def test_ranges_and_conditions_hold_through_nginx_both_ways(episode, tmp_path, settings):
    url = episode.get_enclosure_url()
    with gunicorn(tmp_path, AUDIO_DELIVERY="nginx", TRUSTED_PROXIES="1") as site, nginx(tmp_path, site, "off") as port:
        seen = []
        for way in ("alone", "after asking"):
            if way == "after asking":
                (link,) = (settings.VAR_DIR / "published").glob("*/*/*")
                link.unlink()
            etag = get(port, url, "HEAD")[1]["etag"]
            seen.append(
                [
                    get(port, url, Range="bytes=0-1")[::2],
                    get(port, url, Range="bytes=-3")[::2],
                    get(port, url, Range="bytes=9999999-")[0],
                    get(port, url, Range="bytes=0-1,5-6")[::2] == (200, AUDIO),
                    get(port, url, Range="bytes=5-9", If_Range=etag)[::2],
                    get(port, url, Range="bytes=5-9", If_Range='"other"')[0],
                    get(port, url, If_None_Match=etag)[0],
                    get(port, url, "HEAD")[1]["content-length"],
                    get(port, url + "?_from=app")[2] == AUDIO,
                    get(port, url, "OPTIONS")[0],
                    get(port, url)[1]["access-control-allow-origin"],
                    "immutable" in get(port, url)[1]["cache-control"],
                    get(port, url)[1]["content-disposition"].startswith('inline; filename="'),
                ]
            )

    assert seen[0] == [
        (206, AUDIO[:2]),
        (206, AUDIO[-3:]),
        416,
        True,
        (206, AUDIO[5:10]),
        200,
        304,
        "2000000",
        True,
        204,
        "*",
        True,
        True,
    ]
    assert seen[1] == seen[0]


def test_what_a_producer_withdraws_is_gone_when_the_answer_comes(episode, settings, rf):
    def view(request):
        Episode.objects.filter(id=episode.id).update(state=Episode.State.WITHDRAWN)

    before = folder_of_links(settings)
    KeepPublishedList(view)(rf.post("/admin/anything/"))

    assert before == [f"{episode.audio_sha256[:8]}.mp3"]
    assert folder_of_links(settings) == []


def test_every_change_through_the_site_passes_the_keeper_of_the_list(episode, settings):
    get_user_model().objects.create_superuser("p", "p@example.org", "p" * 12)
    Episode.objects.filter(id=episode.id).update(state=Episode.State.WITHDRAWN)

    Client().post(f"/{settings.ADMIN_PATH}/login/", {"username": "p", "password": "wrong"})

    assert folder_of_links(settings) == []


def test_a_list_that_was_read_before_a_change_never_replaces_the_one_after_it(episode, settings, monkeypatch):
    """The worker renews the list each minute, perhaps while a producer withdraws."""
    read, has_read, go_on = published._enclosures, threading.Event(), threading.Event()

    def read_slowly(episodes):
        rows = list(read(episodes))
        if threading.current_thread() is worker:
            has_read.set()
            go_on.wait(10)
        return rows

    def refresh():
        published.refresh_list()
        connection.close()

    monkeypatch.setattr(published, "_enclosures", read_slowly)
    worker, producer = threading.Thread(target=refresh), threading.Thread(target=refresh)

    worker.start()
    has_read.wait(10)
    Episode.objects.filter(pk=episode.pk).update(state=Episode.State.WITHDRAWN)
    producer.start()
    producer.join(0.5)
    go_on.set()
    worker.join()
    producer.join()

    assert folder_of_links(settings) == []
    assert published.published_list().all() == []


def test_who_waits_too_long_for_another_that_renews_the_list_says_so(episode, monkeypatch):
    monkeypatch.setattr(published, "LONGEST_WAIT_SECONDS", 0.2)

    with published._one_at_a_time(), pytest.raises(OSError, match="another process"):
        published.refresh_list()


def test_a_scheduled_episode_gets_its_link_when_its_hour_has_come(episode, settings):
    Episode.objects.filter(id=episode.id).update(published_at=in_one_hour())
    published.refresh_list()
    before = folder_of_links(settings)

    Episode.objects.filter(id=episode.id).update(published_at="2026-01-01T00:00Z")
    published.refresh_list()

    assert before == []
    assert folder_of_links(settings) == [f"{episode.audio_sha256[:8]}.mp3"]


def test_500_slow_sockets_and_100_slow_readers_hold_nobody_up(episode, tmp_path):
    with gunicorn(tmp_path, AUDIO_DELIVERY="nginx", TRUSTED_PROXIES="1") as site, nginx(tmp_path, site, "off") as port:
        held = []
        for _ in range(500):
            wire = socket.create_connection(("127.0.0.1", port))
            wire.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            held.append(wire)
        for _ in range(100):
            wire = phone(port)
            wire.sendall(f"GET {episode.get_enclosure_url()} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            wire.recv(100)
            held.append(wire)

        slowest = 0.0
        for _ in range(10):
            started = time.monotonic()
            page = get(port, "/audio/no/no/00000000.mp3")[0]
            audio = get(port, episode.get_enclosure_url(), Range="bytes=0-99")[2]
            slowest = max(slowest, time.monotonic() - started)
        for wire in held:
            wire.close()

    assert (page, audio) == (404, AUDIO[:100])
    assert slowest < 1


def test_no_link_outlives_the_time_when_nginx_was_to_send(episode, settings):
    settings.AUDIO_DELIVERY = "disk"

    published.refresh_list()

    assert folder_of_links(settings) == []


def test_while_no_copy_of_the_site_runs_a_page_says_so(tmp_path, db):
    with nginx(tmp_path, NOBODY, "off") as port:
        page = get(port, "/")
        by_its_own_address = get(port, "/maintenance.html")[0]

    assert page[0] == 503
    assert page[1]["retry-after"] == "120"
    assert b"Back in a few minutes" in page[2]
    assert by_its_own_address == 404


def test_nginx_writes_down_no_address_of_whom_it_could_not_answer(tmp_path, db):
    with nginx(tmp_path, NOBODY, "off") as port:
        refused = get(port, "/", X_Test_Address="203.0.113.77")[0]

    assert refused == 503
    assert "203.0.113.77" not in (tmp_path / "nginx-error.log").read_text()


def test_what_nginx_tells_while_the_counting_command_is_started_anew_waits_for_it(episode, settings, tmp_path):
    inbox, nginx_end = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    inbox.bind(str(tmp_path / "audio.sock"))
    nginx_end.connect(str(tmp_path / "audio.sock"))
    folder = settings.VAR_DIR / "deliveries"

    def tell(agent):
        line = {
            "at": time.time(),
            "took": 0,
            "address": "192.0.2.1",
            "method": "GET",
            "path": episode.get_enclosure_url(),
        }
        line |= {"status": 200, "sent": 9, "content_range": "", "agent": agent, "referrer": ""}
        nginx_end.send(f"<190>audio: {json.dumps(line)}".encode())

    def noted():
        return {note.agent for path in folder.glob("*.notes") for note in read_notes(path, DeliveryNote)}

    def until_noted(*agents):
        deadline = time.monotonic() + 30
        while noted() != set(agents):
            assert time.monotonic() < deadline, noted()
            time.sleep(0.1)

    with inbox, nginx_end:
        tell("before it runs")
        with listener_by_systemd(inbox):
            until_noted("before it runs")
        tell("between")
        assert noted() == {"before it runs"}
        with listener_by_systemd(inbox):
            until_noted("before it runs", "between")
    assert (tmp_path / "audio.sock").exists()
