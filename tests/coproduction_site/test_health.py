"""/healthz tells ready from degraded and names the part, nothing else; /healthz/alive asks nobody."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.files.storage import Storage
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from coproduction_site import health
from episodes.models.fields import private_storage
from publishing.feed import cache as feed_cache
from tests.factories import make_episode, make_show


@pytest.fixture(autouse=True)
def asked_anew():
    health.remembered.forget()
    yield
    health.remembered.forget()


class FullDisk(Storage):
    def _save(self, name, content):
        raise OSError(28, "No space left on device: /secret/path")

    def exists(self, name):
        return False


def test_a_sound_site_is_ready(client, db):
    make_episode(make_show())

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("part", "breaks"),
    [
        ("database", lambda mp, settings: mp.setattr(health, "_select_one", lambda: 1 / 0)),
        ("storage", lambda mp, settings: mp.setattr(health, "default_storage", FullDisk())),
        ("storage", lambda mp, settings: setattr(private_storage(), "_wrapped", FullDisk())),
        ("disk", lambda mp, settings: mp.setattr(health, "LEAST_FREE_BYTES", 10**18)),
        (
            "worker",
            lambda mp, settings: OrmQ.objects.create(key="x", payload="", lock=timezone.now() - timedelta(minutes=16)),
        ),
        ("worker", lambda mp, settings: Schedule.objects.update(next_run=timezone.now() - timedelta(hours=1))),
        (
            "migrations",
            lambda mp, settings: mp.setattr(
                "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *a, **k: ["0099"]
            ),
        ),
        ("feeds", lambda mp, settings: mp.setattr(feed_cache, "find", lambda slug: None)),
        ("feeds", lambda mp, settings: mp.setattr(feed_cache, "find", lambda slug: feed_cache.Found(None, "not now"))),
    ],
)
def test_a_failing_part_is_named_without_any_detail(client, db, monkeypatch, settings, part, breaks):
    make_episode(make_show(slug="hidden-name"))
    breaks(monkeypatch, settings)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "degraded", "failing": [part]})
    assert answer["Retry-After"] == "30"


def test_a_job_that_is_being_worked_on_is_not_late(client, db):
    OrmQ.objects.create(key="x", payload="", lock=timezone.now() + timedelta(minutes=50))
    OrmQ.objects.create(key="x", payload="", lock=timezone.now() - timedelta(minutes=5))

    assert client.get("/healthz").status_code == 200


def test_the_answer_is_remembered_for_a_moment(client, db, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "unwell_parts", lambda: asked.append(1) or {})

    client.get("/healthz")
    client.get("/healthz")

    assert asked == [1]


def test_a_store_that_hangs_holds_one_thread_however_often_it_is_asked(client, db, monkeypatch):
    tried, let_go = [], Event()
    monkeypatch.setattr(health, "_keep_and_delete", lambda: tried.append(1) or let_go.wait(20))
    monkeypatch.setattr(health, "STORAGE_SECONDS", 0.1)

    answers = []
    for _ in range(3):
        health.remembered.forget()
        answers.append(client.get("/healthz").json())
    let_go.set()
    health._trials[0].join(10)

    assert answers == [{"status": "degraded", "failing": ["storage"]}] * 3
    assert tried == [1]


def test_nobody_waits_while_another_finds_out(monkeypatch):
    asked, begun, let_go = health._Remembered(), Event(), Event()
    monkeypatch.setattr(health, "unwell_parts", lambda: {"disk": "full"})
    asked.parts()
    asked._until = 0.001  # long ago
    monkeypatch.setattr(health, "unwell_parts", lambda: begun.set() or (let_go.wait(2) and {}))
    finding_out = Thread(target=asked.parts)
    finding_out.start()
    assert begun.wait(10)

    meanwhile, is_still_at_it = asked.parts(), finding_out.is_alive()
    let_go.set()
    finding_out.join(10)

    assert (meanwhile, is_still_at_it) == (["disk"], True)
    assert asked.parts() == []


def test_being_alive_asks_neither_database_nor_disk(client):
    answer = client.get("/healthz/alive")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_health_takes_no_bodies(client, db, method):
    assert getattr(client, method)("/healthz").status_code == 405


def test_nothing_is_left_in_the_storages(client, db, files_of_this_test):
    client.get("/healthz")

    assert [path for path in files_of_this_test.rglob("*") if path.is_file()] == []
