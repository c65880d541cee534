"""Postgres, the object store and the worker are stopped in turn while visitors and a producer go on asking.

Each is held still (SIGSTOP: it takes connections and says nothing) and killed. What can be answered is; the rest is
told by 503 with Retry-After, soon; nothing that was acknowledged is lost; and all heal by themselves.
"""

import os
import re
import secrets
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from tests.coproduction_site.parts import Producer, errors_in, grown_site, in_time
from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture

PAGES = ("/", "/a-show/", "/a-show/one/")
FEED = "/a-show/feed.xml"
SEARCH = "/search/?q=interdependence"
# Nobody waits longer for an answer, whatever it says.
LONGEST_SECONDS = 12.0
PAUSE_SECONDS = 0.15  # of each visitor, so that seven of them leave the processors to the site


@dataclass
class Heard:
    """What one visitor was told: (status, has Retry-After, seconds) for each request, by path."""

    answers: dict[str, list[tuple[int, bool, float]]] = field(default_factory=dict)

    def add(self, path: str, status: int, later: bool, seconds: float) -> None:
        self.answers.setdefault(path, []).append((status, later, seconds))

    def statuses(self, path: str) -> set[int]:
        return {status for status, _, _ in self.answers.get(path, [])}

    def slowest(self) -> float:
        """Of all but saves that were kept: one begun before Postgres stood still waits for the end of that."""
        return max(
            seconds
            for path, answers in self.answers.items()
            for status, _, seconds in answers
            if (path, status) != ("save", 302)
        )

    def without_a_word(self) -> Counter:
        """Answers that are neither good nor say when to come again; 0 stands for no answer in time."""
        return Counter(
            (path, status)
            for path, answers in self.answers.items()
            for status, later, _ in answers
            if not (200 <= status < 400 or (status == 503 and later))
        )


class Saves:
    """A producer who saves one new topic after the other, and notes each that was acknowledged."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self.acknowledged: list[str] = []
        self.number = 0
        self._kind = secrets.token_hex(3)

    def one_more(self, heard: Heard) -> None:
        self.number += 1
        name = f"topic-{self._kind}-{self.number}"
        site, path = self._producer.site, "/admin/episodes/topic/add/"
        values = {"csrfmiddlewaretoken": self._producer.session.cookies["csrf"], "name": name, "slug": name,
                  "_whole": "1", "_save": "Save"}  # fmt: skip
        began = time.monotonic()
        try:
            answer = self._producer.session.post(
                f"http://127.0.0.1:{site.ports[0]}{path}", data=values, timeout=LONGEST_SECONDS + 5,
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException:
            heard.add("save", 0, False, time.monotonic() - began)
            return
        heard.add("save", answer.status_code, "Retry-After" in answer.headers, time.monotonic() - began)
        if answer.status_code == 302 and "/login/" not in answer.headers["Location"]:
            self.acknowledged.append(name)


@pytest.fixture(scope="module")
def site():
    with grown_site(copies=1) as site:
        yield site


@pytest.fixture(scope="module")
def producer(site, tmp_path_factory):
    """Signed in; one show with a cover, one published episode, all of it seen once by a visitor."""
    producer = Producer(site)
    producer.sign_in(0, *site.first_login())
    made = producer.save(
        0, 0, "/admin/episodes/show/add/", files={"artwork_file": ("c.png", picture(fmt="PNG"))}, title="A show",
        slug="a-show", description="About it.", author="Ann", category="Health & Fitness > Medicine",
    )  # fmt: skip
    assert errors_in(made) == []
    add(producer, "one", write_tone(tmp_path_factory.mktemp("sound") / "a.mp3", seconds=20).read_bytes())
    in_time(lambda: work_of(site, "one") == "done", 90, site.worker.said)
    page = f"/admin/episodes/episode/{episode_id(site, 'one')}/publish/"
    said = producer.post(0, page, {**producer.values(producer.get(0, page)), "when": "now"})
    assert "is live" in said.text
    in_time(lambda: work_of(site, "one") == "done", 90, site.worker.said)  # the day it came out is now in its tags
    for path in (*PAGES, FEED, SEARCH, enclosure(site), cover(site)):
        assert site.get(0, path).status_code in (200, 302), path
    return producer


def add(producer: Producer, slug: str, sound: bytes) -> None:
    show = producer.site.database.rows("SELECT id FROM episodes_show")[0][0]
    made = producer.save(
        0, 0, "/admin/episodes/episode/add/", files={"audio_file": ("a.mp3", sound, "audio/mpeg")}, show=str(show),
        title=slug, slug=slug, summary="Words about interdependence.",
    )  # fmt: skip
    assert errors_in(made) == []


def episode_id(site, slug: str) -> int:
    return site.database.rows(f"SELECT id FROM episodes_episode WHERE slug = '{slug}'")[0][0]


def work_of(site, slug: str) -> str:
    rows = site.database.rows(f"SELECT state FROM episodes_audiowork WHERE episode_id = {episode_id(site, slug)}")
    return rows[0][0] if rows else ""


def enclosure(site) -> str:
    return re.search(r'<enclosure url="https?://[^/]+([^"]+)"', site.get(0, FEED).text)[1]


def cover(site) -> str:
    return re.search(r"/media/artwork/[^\"' ]+", site.get(0, "/a-show/").text)[0]


@contextmanager
def asked_steadily(producer: Producer, paths: tuple[str, ...], saves: Saves | None = None):
    """Visitors who ask each path over and over, and the producer who saves; yields what they are told."""
    heard, stop, port = Heard(), threading.Event(), producer.site.ports[0]

    def visit(path: str) -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                answer = requests.get(
                    f"http://127.0.0.1:{port}{path}", timeout=LONGEST_SECONDS + 5, allow_redirects=False
                )
                heard.add(path, answer.status_code, "Retry-After" in answer.headers, time.monotonic() - began)
            except requests.RequestException:
                heard.add(path, 0, False, time.monotonic() - began)
            time.sleep(PAUSE_SECONDS)

    def save() -> None:
        while not stop.is_set():
            saves.one_more(heard)
            time.sleep(PAUSE_SECONDS)

    visitors = [threading.Thread(target=visit, args=(path,)) for path in paths]
    visitors += [threading.Thread(target=save)] if saves else []
    for visitor in visitors:
        visitor.start()
    try:
        yield heard
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()


def healthy(site) -> bool:
    return site.status(site.ports[0], "/healthz") == 200


def failing(site) -> list[str]:
    """The parts that /healthz says fail; an answer is remembered for five seconds."""
    return requests.get(f"http://127.0.0.1:{site.ports[0]}/healthz", timeout=30).json().get("failing", [])


@pytest.mark.parametrize("how", ["hold", "kill"])
def test_without_postgres_what_is_public_goes_on_and_no_save_is_lost(site, producer, how):
    audio, saves, face = enclosure(site), Saves(producer), cover(site)  # the page may name another size by the end
    with asked_steadily(producer, (*PAGES, FEED, audio, face, SEARCH), saves) as heard:
        time.sleep(3)
        before = len(saves.acknowledged)
        getattr(site.database, how)()
        time.sleep(3)
        another, told = Producer(site), Heard()
        another.session.cookies.update(producer.session.cookies)
        Saves(another).one_more(told)  # one that was begun before may wait for the end of it and be kept
        time.sleep(7)
        unwell = failing(site)
        site.database.go_on() if how == "hold" else site.database.start()
        in_time(lambda: healthy(site), 60, lambda: site.get(0, "/healthz").text)
        during = len(saves.acknowledged)
        in_time(lambda: len(saves.acknowledged) > during + 2, 30, lambda: heard.answers["save"][-5:])

    assert before > 3
    assert heard.without_a_word() == Counter()
    assert heard.slowest() < LONGEST_SECONDS
    for path in (*PAGES, FEED, face):
        assert heard.statuses(path) == {200}, path
    assert heard.statuses(audio) == {302}
    assert heard.statuses(SEARCH) <= {200, 503}
    assert heard.statuses("save") <= {302, 503}
    assert told.answers["save"][0][:2] == (503, True)
    assert "database" in unwell
    kept = {name for (name,) in site.database.rows("SELECT name FROM episodes_topic")}
    assert set(saves.acknowledged) - kept == set()


@pytest.mark.parametrize("how", ["hold", "kill"])
def test_without_the_store_pages_go_on_and_an_upload_is_refused_in_words(site, producer, tmp_path, how):
    audio, saves, face = enclosure(site), Saves(producer), cover(site)
    sound = write_tone(tmp_path / "b.mp3", seconds=5).read_bytes()
    edit = f"/admin/episodes/episode/{episode_id(site, 'one')}/change/"
    length = site.database.rows("SELECT audio_bytes FROM episodes_episode WHERE slug = 'one'")
    with asked_steadily(producer, (*PAGES, FEED, audio, face, SEARCH), saves) as heard:
        time.sleep(2)
        if how == "hold":
            os.kill(site.store.process_id, signal.SIGSTOP)
        else:
            site.store.kill()
        in_time(lambda: failing(site) == ["storage"], 40, lambda: failing(site))
        refused = producer.save(0, 0, edit, files={"audio_file": ("b.mp3", sound, "audio/mpeg")})
        if how == "hold":
            os.kill(site.store.process_id, signal.SIGCONT)
        else:
            site.store.start()
        in_time(lambda: healthy(site), 60, lambda: site.get(0, "/healthz").text)

    assert heard.without_a_word() == Counter()
    assert heard.slowest() < LONGEST_SECONDS
    for path in (*PAGES, FEED, SEARCH, face):
        assert heard.statuses(path) == {200}, path
    assert (heard.statuses(audio), heard.statuses("save")) == ({302}, {302})
    assert "could not store the file" in " ".join(errors_in(refused)) + refused.text
    assert site.database.rows("SELECT audio_bytes FROM episodes_episode WHERE slug = 'one'") == length
    heard_again = requests.get(site.get(0, audio).headers["Location"], timeout=30)
    assert len(heard_again.content) == length[0][0]


@pytest.mark.parametrize("how", ["hold", "kill"])
def test_without_the_worker_all_goes_on_and_its_work_is_done_afterwards(site, producer, tmp_path, how):
    audio, saves, slug = enclosure(site), Saves(producer), f"while-{how}"
    with asked_steadily(producer, (*PAGES, FEED, audio, SEARCH), saves) as heard:
        if how == "hold":
            site.worker.signal(signal.SIGSTOP)
        else:
            add(producer, f"before-{how}", write_tone(tmp_path / "long.mp3", seconds=120).read_bytes())
            in_time(lambda: work_of(site, f"before-{how}") == "running", 60, site.worker.said)
            site.worker.kill()  # in the middle of a job
        add(producer, slug, write_tone(tmp_path / "c.mp3", seconds=5).read_bytes())
        time.sleep(3)
        waiting = work_of(site, slug)
        if how == "hold":
            site.worker.signal(signal.SIGCONT)
        else:
            site.worker.start()
        in_time(lambda: work_of(site, slug) == "done", 120, site.worker.said)

    if how == "kill":
        in_time(lambda: work_of(site, f"before-{how}") == "done", 120, site.worker.said)
    assert waiting == "waiting"
    assert heard.without_a_word() == Counter()
    assert heard.slowest() < LONGEST_SECONDS
    kept = {name for (name,) in site.database.rows("SELECT name FROM episodes_topic")}
    assert set(saves.acknowledged) - kept == set()
