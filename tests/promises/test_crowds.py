"""Two hundred feed readers at once, fast ones and slow ones, and a listener beside them who notices nothing."""

import threading
import time
from pathlib import Path

import pytest

from downloads.delivery import published
from tests.downloads.running import get, gunicorn, nginx, phone
from tests.factories import make_episode, make_show

READERS = 200
NOTICEABLE_SECONDS = 2.0
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/usr/sbin/nginx").exists(), reason="nginx is not installed"),
]


@pytest.fixture
def long_show():
    """A feed of some hundred kilobytes: more than a slow reader's buffers take in at once."""
    show = make_show()
    for number in range(60):
        make_episode(show, number=number, show_notes="What was said, at length. " * 120)
    return show


def test_slow_feed_readers_hold_nobody_up(long_show, tmp_path):
    path = f"/{long_show.slug}/feed.xml"
    episode = long_show.episodes.first()
    published.refresh_list()

    with gunicorn(tmp_path, TRUSTED_PROXIES="1") as site, nginx(tmp_path, site, "off") as port:
        whole = len(get(port, path)[2])
        held = []
        for _ in range(READERS):
            wire = phone(port)
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            wire.recv(100)
            held.append(wire)
        waits, answers = visit(port, episode, path)
        for wire in held:
            wire.close()

    assert whole > 150_000
    assert answers == {200}
    assert max(waits) < NOTICEABLE_SECONDS


def test_feed_readers_that_all_come_in_one_minute_hold_nobody_up(long_show, tmp_path):
    path = f"/{long_show.slug}/feed.xml"
    episode = long_show.episodes.first()
    statuses, stop = [], threading.Event()

    with gunicorn(tmp_path, TRUSTED_PROXIES="1") as site, nginx(tmp_path, site, "off") as port:
        etag = get(port, path)[1]["etag"]

        def read(number: int) -> None:
            while not stop.is_set():
                known = {"If_None_Match": etag} if number % 2 else {}
                statuses.append(get(port, path, User_Agent=f"Reader/{number}", **known)[0])
                stop.wait(5)

        readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
        for reader in readers:
            reader.start()
        waits, answers = visit(port, episode, path)
        stop.set()
        for reader in readers:
            reader.join()

    assert answers == {200}
    assert set(statuses) == {200, 304}
    assert len(statuses) >= READERS
    assert sorted(waits)[len(waits) // 2] < NOTICEABLE_SECONDS


def visit(port: int, episode, feed: str) -> tuple[list[float], set[int]]:
    """How long an ordinary visitor waits for each thing, and with which statuses it comes."""
    waits, answers = [], set()
    for _ in range(5):
        for path in (episode.get_absolute_url(), "/search/?q=nothing", episode.get_enclosure_url(), feed):
            began = time.monotonic()
            answers.add(get(port, path)[0])
            waits.append(time.monotonic() - began)
    return waits, answers
