"""kill -9 in the middle of everything: whatever was answered with "saved" is there, once, and the work goes on."""

import os
import re
import signal
import sys
import threading
import time

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client

from episodes.models import Episode
from tests.coproduction_site.running import RunningSite, free_port, open_folder, wait_until
from tests.downloads.running import gunicorn
from tests.episodes.desk_browser import change_url, form_values
from tests.episodes.test_broken_uploads import multipart, send_and_leave
from tests.factories import make_episode, make_show

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")

NAMES = "SELECT slug FROM episodes_topic"
# A job is handed to the queue with each topic, as work of its own that leaves a trace.
QUEUE = "from django_q.tasks import async_task; [async_task('builtins.len', [n], group='kills') for n in range(12)]"
DONE = "SELECT count(*) FROM django_q_task WHERE success AND \"group\" = 'kills'"


def log_in(site: RunningSite) -> requests.Session:
    name, password = re.search(r"Name: (.+)\nPassword: (.+)\n", (site.var / "first-login.txt").read_text()).groups()
    desk = requests.Session()
    url = f"http://127.0.0.1:{site.port}/admin/login/"
    desk.get(url, timeout=10)
    desk.post(
        url,
        {"login": name, "password": password, "csrfmiddlewaretoken": desk.cookies["csrf"]},
        headers={"Referer": url},
        timeout=10,
    )
    return desk


def save_topic(site: RunningSite, desk: requests.Session, number: int) -> bool:
    """Whether the site said that the topic is saved."""
    url = f"http://127.0.0.1:{site.port}/admin/episodes/topic/add/"
    data = {"name": f"Topic {number}", "slug": f"t-{number:03}", "_whole": "1"}
    data["csrfmiddlewaretoken"] = desk.cookies["csrf"]
    try:
        answer = desk.post(url, data, headers={"Referer": url}, allow_redirects=False, timeout=10)
    except requests.RequestException:
        return False
    return answer.status_code == 302 and answer.headers["Location"].endswith("/topic/")


def test_every_acknowledged_save_outlives_the_kill_of_each_process():
    with open_folder() as folder:
        site = RunningSite(folder / "site", free_port(), WEB_PROCESSES="2")
        site.make_ready(example=True)
        site.start()
        try:
            site.wait_until_ready()
            desk = log_in(site)
            site.manage("shell", "-c", QUEUE)
            saved, stop = set(), threading.Event()

            def save_without_pause() -> None:
                number = 0
                while not stop.is_set():
                    number += 1
                    if save_topic(site, desk, number):
                        saved.add(f"t-{number:03}")

            producer = threading.Thread(target=save_without_pause)
            producer.start()
            killed = {}
            for kind, mark in (("web", "gunicorn"), ("worker", "qcluster"), ("database", "/postgres -D")):
                before = len(saved)
                wait_until(lambda before=before: len(saved) > before + 3)
                found = [pid for pid, command in site.processes().items() if mark in command]
                # Of the web server one of two workers, never the process above them, which the site itself watches.
                for pid in found[-1:] if kind == "web" else found:
                    os.kill(pid, signal.SIGKILL)
                killed[kind] = killed.get(kind, 0) + len(found)
            before = len(saved)
            wait_until(lambda: len(saved) > before + 3)
            stop.set()
            producer.join()
            kept = [slug for (slug,) in site.rows(NAMES)]
            wait_until(lambda: site.rows(DONE) == [(12,)], 60)
        finally:
            for pid in site.processes():
                os.kill(pid, signal.SIGKILL)
            site.process.wait()

    assert saved - set(kept) == set()
    assert len(kept) == len(set(kept))
    assert len(saved) > 12
    assert min(killed.values()) >= 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_an_upload_whose_web_worker_is_killed_changes_nothing_of_a_live_episode(tmp_path, share):
    episode = make_episode(make_show(), title="Old")
    producer = Client()
    producer.force_login(User.objects.create_superuser("ann"))
    values = {**form_values(producer, change_url(episode)), "title": "New", "_save": "Save", "audio_file": ""}
    whole = values.pop("_whole")
    body = multipart({**values, "_whole": whole}, "audio_file", os.urandom(2_000_000))
    before = Episode.objects.values().get()

    with gunicorn(tmp_path) as port:
        url = f"http://127.0.0.1:{port}"
        sender = threading.Thread(target=send_and_leave, args=(url, change_url(episode), producer, body, share))
        sender.start()
        time.sleep(0.1)
        for pid in workers_of(tmp_path):
            os.kill(pid, signal.SIGKILL)
        sender.join()
        after = Episode.objects.values().get()
        page = requests.get(url + episode.get_absolute_url(), timeout=10)

    assert after == before
    assert page.status_code == 200
    assert "Old" in page.text


def workers_of(folder) -> list[int]:
    """The processes that the gunicorn of this folder says it has started."""
    return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", (folder / "gunicorn.log").read_text())]
