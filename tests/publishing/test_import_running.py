"""A move can be broken off, stopped and killed at any moment: it goes on, and gives each episode once."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from episodes.models import Episode, FeedImport, FeedImportItem, Show
from publishing.importing import running
from publishing.importing.running import Busy, go_on, open_move, resume, start, stop, work
from publishing.importing.sources import FeedPage
from tests.process_environment import beside_the_test
from tests.publishing.foreign_host import host, sample
from tests.publishing.moving_in import feed_with, item_with, move_in

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_move_broken_off_goes_on_where_it_was(settings, tmp_path, db):
    class Killed(BaseException):
        pass

    def die_after_two(row):
        if row.feed_import.items.exclude(state=FeedImportItem.State.WAITING).count() == 2:
            raise Killed

    with host(settings, tmp_path) as old:
        data = sample("libsyn.xml", old.place)
        move, _ = open_move("https://old.example/feed", [FeedPage(data, "", "https://old.example/feed")])
        FeedImport.objects.update(state=FeedImport.State.RUNNING)
        with pytest.raises(Killed):
            work(move.pk, tell=die_after_two)
        half = Episode.objects.count()
        work(move.pk)

    assert (half, Episode.objects.count(), Show.objects.count()) == (2, 6, 1)
    assert len([path for _, path, _ in old.asked if ".mp3" in path]) == 6


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_run_again_gives_each_episode_once(settings, tmp_path):
    def slowly(handler):
        time.sleep(0.15)
        handler.server.otherwise(handler)

    with host(settings, tmp_path) as old:
        items = "".join(item_with(f"g{n}", old.place, audio="slow.mp3") for n in range(8))
        old.answers["/slow.mp3"] = slowly
        old.answers["/feed"] = lambda handler: handler.send(feed_with(items))
        command = [sys.executable, "manage.py", "import_feed", f"http://{old.place}/feed"]
        env = beside_the_test(OUTGOING_TEST_HOST=old.place, SITE_URL="http://127.0.0.1:8420")
        killed = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while Episode.objects.count() < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        between = Episode.objects.count()
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)

    assert 3 <= between < 8
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 of 8 episodes are the same in both feeds." in done.stdout
    assert sorted(Episode.objects.values_list("guid", "state")) == [(f"g{n}", "public") for n in range(8)]
    assert Show.objects.count() == 1


def test_a_broken_item_does_not_stop_the_others(settings, tmp_path, db, monkeypatch):
    real = running.import_item

    def break_one(show, feed, item, fetcher):
        if item.guid == "b":
            raise RuntimeError("surprise")
        return real(show, feed, item, fetcher)

    monkeypatch.setattr(running, "import_item", break_one)
    with host(settings, tmp_path) as old:
        move = move_in(feed_with("".join(item_with(guid, old.place) for guid in "abc")))

    assert [(row.guid, row.state) for row in move.items.all()] == [
        ("a", "created"), ("b", "incomplete"), ("c", "created"),
    ]  # fmt: skip


def test_a_stopped_move_does_no_more_and_goes_on_when_started_again(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        data = feed_with("".join(item_with(guid, old.place) for guid in "abc"))
        move, _ = open_move("https://old.example/f", [FeedPage(data, "", "https://old.example/f")])
        start(move)
        work(move.pk, tell=lambda row: stop(move))
        after_stop = Episode.objects.count()
        work(move.pk)
        still = Episode.objects.count()
        start(move)
        work(move.pk)

    assert (after_stop, still, Episode.objects.count()) == (1, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_a_move_whose_worker_was_killed_is_taken_up_again(settings, tmp_path):
    with host(settings, tmp_path) as old:
        data = feed_with("".join(item_with(guid, old.place) for guid in "abc"))
        move, _ = open_move("https://old.example/f", [FeedPage(data, "", "https://old.example/f")])
        start(move)
        queued_already = resume()
        OrmQ.objects.update(lock=timezone.now() + timedelta(hours=1))  # a worker took it, and was killed
        orphaned = resume()
        taken_up = [entry.task["args"] for entry in OrmQ.objects.filter(lock__lte=timezone.now())]
        go_on(move.pk)
        afterwards = resume()

    assert (queued_already, orphaned, taken_up, afterwards) == (0, 1, [(move.pk,)], 0)
    assert Episode.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_moves_do_not_work_at_once(settings, tmp_path):
    with host(settings, tmp_path) as old:
        move, _ = open_move("https://old.example/f", [FeedPage(feed_with(item_with("a", old.place)), "", "")])
        start(move)
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [running._LOCK])
            with pytest.raises(Busy, match="Another import is at work"):
                work(move.pk)
            go_on(move.pk)
            nothing_to_resume = resume()
        other.close()

    assert (nothing_to_resume, Episode.objects.count()) == (0, 0)
