"""The running site tells a hub and a podping endpoint what was published, and tries again; nobody waits for it."""

import os
import re
import signal
import sys
import threading
import time
from urllib.parse import parse_qs

import pytest
import requests

from tests.coproduction_site.running import RunningSite, free_port, open_folder, wait_until
from tests.loopback import serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")

# The example episode twice more, as drafts: one to publish now, one for later; and what the site still announces of the
# example itself. Without its words, whose times are being found: then they too are news in the feed.
TWO_DRAFTS = """
from episodes.models import Episode, Show
from episodes.models.episode import new_guid
from publishing.feed_refresh import refresh_feeds
from transcripts.models import Transcript
Transcript.objects.all().delete()
Show.objects.update(uses_podping=True)
episode = Episode.objects.get()
for name in ("now", "later"):
    episode.pk, episode.slug, episode.title, episode.guid = None, name, f"Heard {name}", new_guid()
    episode.state, episode.published_at = "draft", None
    episode._state.adding = True
    episode.save()
    print(name, episode.pk)
refresh_feeds()
"""
SCHEDULED_SOON = """
from datetime import timedelta
from django.utils import timezone
from episodes.models import Episode
from episodes.production import schedule
schedule(Episode.objects.get(slug="later"), timezone.now() + timedelta(seconds={seconds}))
"""
# The worker looks at its clock twice a minute. Waiting for the next minute and for the second try is left out by moving
# the hands: both are due now.
DUE_NOW = """
from django.utils import timezone
from django_q.models import Schedule
due = Schedule.objects.filter(func__in=["publishing.announce.announce", "publishing.feed_refresh.refresh_feeds"])
print([(one.func, round((one.next_run - timezone.now()).total_seconds())) for one in due])
due.update(next_run=timezone.now())
"""

SECOND_TRIES = """
from django_q.models import Task
tries = Task.objects.filter(group__endswith="to hub, try 2")
print(min(1, len(tries)), all(one.success for one in tries))
"""


class World:
    """A hub and a podping endpoint on one port. The hub can be made to stand still, and to fail."""

    def __init__(self):
        self.hub, self.podping = [], []
        self.hub_status = 204
        self.may_answer = threading.Event()
        self.may_answer.set()

    def told(self, status):
        """How often the hub was asked while it gave that answer."""
        return [answer for answer, _ in self.hub].count(status)

    def take(self, handler):
        if handler.path.startswith("/hub"):
            form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
            self.hub.append((self.hub_status, form["hub.url"][0]))
            self.may_answer.wait(60)
            handler.send(status=self.hub_status)
        else:
            self.podping.append(parse_qs(handler.path.partition("?")[2])["url"][0])
            handler.send(b"Success!")


@pytest.fixture
def world():
    world = World()
    with serving(otherwise=world.take) as server:
        world.place = server.place
        yield world


@pytest.fixture
def site(world):
    with open_folder() as folder:
        site = RunningSite(
            folder / "site",
            free_port(),
            WEBSUB_HUB_URL=f"http://{world.place}/hub",
            PODPING_URL=f"http://{world.place}/podping",
            OUTGOING_TEST_HOST=world.place,
        )
        site.make_ready(example=True)
        site.start()
        site.wait_until_ready()
        yield site
        for pid in site.processes():
            os.kill(pid, signal.SIGKILL)
        site.process.wait()


class Producer:
    """Somebody at the desk, with a browser's cookies."""

    def __init__(self, site):
        name, password = re.search(r"Name: (.+)\nPassword: (.+)\n", (site.var / "first-login.txt").read_text()).groups()
        self.base = f"http://127.0.0.1:{site.port}"
        self.session = requests.Session()
        answer = self.send("/admin/login/", login=name, password=password)
        assert "Today" in answer.text, answer.text[:2000]

    def read(self, path):
        return self.session.get(self.base + path, timeout=30).text

    def send(self, path, **fields):
        page = self.read(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        return self.session.post(
            self.base + path, {"csrfmiddlewaretoken": token, **fields}, headers={"Referer": self.base}, timeout=30
        )


def test_what_is_published_and_what_was_scheduled_is_told_and_a_failing_hub_is_asked_again(site, world):
    drafts = dict(re.findall(r"(now|later) (\d+)", site.manage("shell", "-c", TWO_DRAFTS)))
    feed = f"http://127.0.0.1:{site.port}/the-power-of-coproduction/feed.xml"
    wait_until(lambda: world.hub and world.podping, 60)
    producer = Producer(site)
    state = re.search("/admin/publishing/feed/[0-9]+/change/", producer.read("/admin/publishing/feed/"))[0]

    # Published now, while the hub first stands still and then fails.
    world.hub_status = 500
    world.may_answer.clear()
    podpings = len(world.podping)
    started = time.monotonic()
    answer = producer.send(f"/admin/episodes/episode/{drafts['now']}/publish/", when="now")
    took = time.monotonic() - started
    world.may_answer.set()
    assert (answer.status_code, "Heard now" in requests.get(feed, timeout=10).text) == (200, True)
    assert took < 10, "publishing waited for the hub"
    wait_until(lambda: world.told(500) and len(world.podping) > podpings, 40)
    wait_until(lambda: "(try 1): It answered 500. It is tried again in 1 minutes." in producer.read(state), 30)

    # The hub is well again, and the hour of the other one comes.
    world.hub_status = 204
    told, podpings = world.told(204), len(world.podping)
    site.manage("shell", "-c", SCHEDULED_SOON.format(seconds=3))
    assert "Heard later" not in requests.get(feed, timeout=10).text
    time.sleep(4)
    due = site.manage("shell", "-c", DUE_NOW)
    wait_until(lambda: world.told(204) >= told + 2 and len(world.podping) > podpings, 60)

    assert re.search(r"announce', [1-5]?\d\)", due), f"the second try was not due within a minute: {due}"
    assert "Heard later" in requests.get(feed, timeout=10).text
    assert {url for _, url in world.hub} | set(world.podping) == {feed}
    wait_until(lambda: "1 True" in site.manage("shell", "-c", SECOND_TRIES), 30)
