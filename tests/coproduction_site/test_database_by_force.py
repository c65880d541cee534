"""Postgres killed, standing still, and still away when the site starts: feed and audio answer every single request."""

import http.client
import os
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from tests.coproduction_site.forced_postgres import ForcedPostgres
from tests.coproduction_site.running import RunningSite, free_port, open_folder, wait_until
from tests.ready_site import put_ready_static_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")
FEED = "/the-power-of-coproduction/feed.xml"
AWAY_SECONDS = 6
SLOWEST_SECONDS = 8  # the first of each thread may wait for a connection that hangs


@pytest.fixture(scope="module")
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def postgres(folder):
    server = ForcedPostgres(folder / "postgres", example_media=folder / "site" / "media")
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(folder, postgres):
    """The site with its example show, as ./run starts it, on that Postgres."""
    site = RunningSite(folder / "site", free_port(), DATABASE_URL=postgres.url, WEB_PROCESSES="2")
    put_ready_static_files(site.var)
    site.start()
    site.wait_until_ready()
    yield site
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    site.process.wait()


class Stream:
    """Apps that ask without a pause, each on its own connections: the feed whole and again, the audio in all ways."""

    def __init__(self, port):
        self.port = port
        self.answers = {}
        self.slowest = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def one(self, path, **headers):
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asked.request("GET", path, headers={"User-Agent": "a test", **headers})
            answer = asked.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            asked.close()

    def learn(self):
        status, headers, body = self.one(FEED)
        assert status == 200, body[:500]
        self.audio = re.search(rb'enclosure url="http://[^/]+(/audio/[^"]+)"', body)[1].decode()
        status, audio, _ = self.one(self.audio, Range="bytes=0-9")
        assert status == 206
        self.wanted = [
            ("feed", 200, FEED, {}),
            ("feed packed", 200, FEED, {"Accept-Encoding": "gzip"}),
            ("feed again", 304, FEED, {"If-None-Match": headers["ETag"]}),
            ("audio", 200, self.audio, {}),
            ("audio's part", 206, self.audio, {"Range": "bytes=1000-60000"}),
            ("audio again", 304, self.audio, {"If-None-Match": audio["ETag"]}),
        ]

    def _ask_on(self, name, path, headers):
        while not self._stopped.is_set():
            started = time.monotonic()
            try:
                said = self.one(path, **headers)[0]
            except (OSError, http.client.HTTPException) as error:
                said = f"{type(error).__name__}: {error}"
            took = time.monotonic() - started
            with self._lock:
                seen = self.answers.setdefault(name, {})
                seen[said] = seen.get(said, 0) + 1
                self.slowest = max(self.slowest, took)
            time.sleep(0.02)

    @contextmanager
    def flowing(self):
        threads = [
            threading.Thread(target=self._ask_on, args=(name, path, headers), daemon=True)
            for name, _, path, headers in self.wanted
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join(40)

    def failures(self):
        right = {name: {status} for name, status, _, _ in self.wanted}
        return {name: seen for name, seen in self.answers.items() if not set(seen) <= right[name]}


def is_whole(stream):
    """The database is in use again: the feed is the present one, and the site says of itself that it is ready."""
    status, headers, _ = stream.one(FEED)
    return (status, "Warning" in headers, stream.one("/healthz")[0]) == (200, False, 200)


def ask_all_along(site, postgres, away, back, report):
    stream = Stream(site.port)
    stream.learn()
    with stream.flowing():
        time.sleep(1)
        away()
        time.sleep(AWAY_SECONDS)
        stale = "Warning" in stream.one(FEED)[1]
        back()
        wait_until(lambda: is_whole(stream), 40)
        time.sleep(1)
    counts = {name: sum(seen.values()) for name, seen in stream.answers.items()}
    report("answers", f"{counts}, slowest {stream.slowest:.1f} s")
    assert stale, "the database was not away at all"
    assert stream.failures() == {}
    assert min(counts.values()) > 20, counts
    assert stream.slowest < SLOWEST_SECONDS


def test_while_postgres_stands_still_every_request_is_answered(site, postgres, record_property):
    ask_all_along(site, postgres, postgres.hold, postgres.go_on, record_property)


def test_while_postgres_is_killed_every_request_is_answered(site, postgres, record_property):
    ask_all_along(site, postgres, postgres.kill, postgres.start, record_property)


def test_a_site_started_while_postgres_is_away_sends_what_is_published_and_heals_by_itself(site, postgres):
    before = Stream(site.port)
    before.learn()
    site.stop()
    postgres.kill()

    site.start()
    said = site.wait_until_ready()

    assert "does not answer" in said
    assert "The site starts without it: what is published goes out, all else waits until it answers." in said
    stream = Stream(site.port)
    stream.wanted = before.wanted
    with stream.flowing():
        time.sleep(AWAY_SECONDS)
        health = stream.one("/healthz")[0]
        postgres.start()
        wait_until(lambda: is_whole(stream), 40)
        wait_until(lambda: any("qcluster" in command for command in site.processes().values()), 40)
        time.sleep(1)
    assert (health, stream.failures()) == (503, {})
    assert "The database answers again, and the site is whole." in site.said()
