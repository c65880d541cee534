"""The log of a running site names who did what and when, and nothing by which anyone could come in or be found."""

import re

import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.base import File
from django.urls import reverse

from episodes.models import Episode, FeedImport, Topic
from episodes.production import attach_audio
from tests.downloads.running import gunicorn
from tests.episodes.audio_samples import write_tone
from tests.factories import make_draft, make_topic

PASSWORD, WRONG = "a long and secret phrase", "hunter2hunter2"
ADDRESS = "203.0.113.77"
FEED = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Elsewhere</title>
<link>https://example.org</link><description>x</description><language>en</language>
<item><title>One</title><guid>1</guid><enclosure url="https://example.org/1.mp3" length="9" type="audio/mpeg"/></item>
</channel></rss>"""


class Desk:
    """A browser that signs in and sends the desk's forms, from an address of its own."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        self.session.headers["X-Forwarded-For"] = ADDRESS

    def send(self, path: str, data: dict | None = None, **more) -> requests.Response:
        self.session.get(self.base + path, timeout=10)
        fields = {"csrfmiddlewaretoken": self.session.cookies["csrf"], "_whole": "1", **(data or {})}
        return self.session.post(self.base + path, fields, headers={"Referer": self.base + path}, timeout=20, **more)


@pytest.mark.django_db(transaction=True)
def test_each_deed_has_its_line_with_who_and_when_and_no_secret(show, tmp_path):
    user = User.objects.create_superuser("pia", password=PASSWORD)
    episode = make_draft(show, summary="About it.")
    with write_tone(tmp_path / "a.mp3").open("rb") as sound:
        attach_audio(episode, File(sound, name="a.mp3"))
    topic = make_topic()

    with gunicorn(tmp_path, TRUSTED_PROXIES="1", ADMIN_PATH="admin") as port:
        desk = Desk(port)
        desk.send("/admin/login/", {"login": "pia", "password": WRONG})
        desk.send("/admin/login/", {"login": "pia", "password": PASSWORD})
        cookies = dict(desk.session.cookies)
        desk.send(reverse("admin:episodes_episode_publish", args=[episode.pk]), {"when": "now"})
        desk.send(reverse("admin:episodes_episode_withdraw", args=[episode.pk]))
        desk.send(reverse("admin:episodes_topic_delete", args=[topic.pk]), {"post": "yes"})
        desk.send(reverse("admin:episodes_feedimport_add"), files={"feed_file": ("feed.xml", FEED)})
        move = FeedImport.objects.get()
        desk.send(reverse("admin:episodes_feedimport_change", args=[move.pk]), {"start": "1"})
        preview = desk.session.get(desk.base + reverse("admin:episodes_episode_preview", args=[episode.pk]), timeout=10)
        token = re.search(r"/preview/([^/\"<]+)/", preview.text)[1]
        desk.session.get(f"{desk.base}/preview/{token}/", timeout=10)
        desk.session.get(f"{desk.base}/preview/{token}x/", timeout=10)
        desk.send("/admin/logout/")
    log = (tmp_path / "gunicorn.log").read_text()

    assert Episode.objects.get().state == "withdrawn"
    assert not Topic.objects.exists()
    for deed in (
        f"A login failed for user {user.pk}",
        f"User {user.pk} (pia) logged in",
        f"User {user.pk} changed episode {episode.pk}: Published",
        f"User {user.pk} changed episode {episode.pk}: Withdrawn",
        f"User {user.pk} deleted topic {topic.pk}",
        f"was started by user {user.pk}",
        f"User {user.pk} (pia) logged out",
    ):
        lines = [line for line in log.splitlines() if deed in line]
        assert len(lines) == 1, deed
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", lines[0]), lines[0]
    secrets = [PASSWORD, WRONG, ADDRESS, token, *cookies.values()]
    assert [secret for secret in secrets if secret in log] == []
    assert len(cookies) == 2
