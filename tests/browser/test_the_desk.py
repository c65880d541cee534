"""A producer's day in a real browser: from a 200 MB file and a cut connection to an episode that opens by itself."""

from datetime import timedelta

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from episodes.models import AudioWork, Episode, PictureWork, SiteReport
from episodes.processing import process_audio
from tests.browser.desk_steps import (
    MEGABYTE,
    PASSWORD,
    TITLE,
    Doors,
    check,
    faults_of,
    large_mp3,
    preview_link,
    save_episode,
    say_whose_voice,
    schedule,
    sign_in,
    watch_the_work,
    write_episode,
)
from tests.browser.watching import Watched
from tests.factories import make_draft, make_episode, make_show, make_speaker
from tests.kept_site import EXAMPLE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(chromium, live_server, settings, tmp_path):
    """The site on a port, a show with one person, and a producer at a watched page."""
    settings.SITE_URL = live_server.url
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    User.objects.create_superuser("ann", "ann@example.org", PASSWORD)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watched = Watched.watch(context.new_page(), live_server.url)
    watched.seen = []
    yield watched
    context.close()


def test_from_an_audio_file_to_an_episode_that_opens_by_itself(desk, tmp_path, live_server):
    show = make_show(title="A show", time_zone="UTC")
    make_speaker(name="Grace Host", slug="grace-host")
    file = large_mp3(tmp_path / "recording.mp3", 200)

    sign_in(desk)
    write_episode(desk, file, 60 * MEGABYTE, show="A show", speaker="Grace Host")
    save_episode(desk)
    episode = Episode.objects.select_related("show").get()
    assert episode.audio_bytes == file.stat().st_size
    assert [c.title for c in episode.chapters.all()] == ["Welcome", "What matters"]

    watch_the_work(desk, lambda: process_audio(episode.pk))
    assert AudioWork.objects.get().state == "done"
    say_whose_voice(desk, "Grace Host")
    assert episode.transcripts.get().voices.get().speaker.name == "Grace Host"

    # The preview shows the real page to who has the link, and to nobody else.
    episode = Episode.objects.select_related("show").get()
    doors = Doors(desk.base, show.get_absolute_url(), episode.get_absolute_url(), episode.get_enclosure_url())
    answer = requests.get(preview_link(desk, episode.pk), timeout=30)
    assert TITLE in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert not any(doors.opened().values())

    # Scheduled for the next minute, it opens everywhere at once.
    doors.open_at(schedule(desk, episode.pk))
    assert show.slug in episode.get_absolute_url()


@pytest.mark.parametrize("width", [320, 1440])
def test_every_page_of_the_desk_is_without_fault(chromium, live_server, settings, width):
    EXAMPLE.put()
    e00 = Episode.objects.get()
    draft = make_draft(e00.show, title="Not yet")
    AudioWork.objects.create(
        episode=draft, state="failed", source="originals/x.mp3", problem="No.", requested_at=timezone.now()
    )
    PictureWork.objects.create(name="artwork/x.jpg", state="failed", problem="The disk is full.")
    SiteReport.objects.create(name=f"feed-{e00.show.pk}", made_at=timezone.now(), faults=["MUST: Something."])
    make_episode(e00.show, published_at=timezone.now() + timedelta(days=1))
    user = User.objects.create_superuser("ann")
    client = Client()
    client.force_login(user)
    context = chromium.new_context(viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    watched = Watched.watch(context.new_page(), live_server.url)
    episode, draft_page = f"/admin/episodes/episode/{e00.pk}", f"/admin/episodes/episode/{draft.pk}"
    paths = [
        "/admin/",
        "/admin/episodes/episode/",
        "/admin/episodes/episode/add/",
        *(f"{episode}/{page}/" for page in ("change", "withdraw", "preview", "pictures", "propose", "history")),
        *(f"{draft_page}/{page}/" for page in ("change", "publish", "process")),
        "/admin/episodes/show/",
        f"/admin/episodes/show/{e00.show.pk}/change/",
        f"/admin/episodes/show/{e00.show.pk}/history/",
        "/admin/episodes/speaker/",
        "/admin/episodes/speaker/add/",
        "/admin/episodes/season/add/",
        "/admin/episodes/topic/add/",
        "/admin/episodes/picturework/",
        "/admin/publishing/feed/",
        f"/admin/publishing/feed/{e00.show.pk}/change/",
        "/admin/episodes/feedimport/",
        "/admin/episodes/feedimport/add/",
        "/admin/transcripts/transcript/",
        f"/admin/transcripts/transcript/{e00.transcripts.get().pk}/change/",
        f"/admin/transcripts/transcript/{e00.transcripts.get().pk}/voices/",
        f"/admin/transcripts/transcript/{e00.transcripts.get().pk}/revisions/",
        "/admin/transcripts/correction/",
        "/admin/downloads/dailydownload/",
        "/admin/downloads/request/",
        "/admin/account/password/change/",
        "/admin/account/2fa/",
    ]
    found: list[str] = []

    for path in paths:
        watched.faults.clear()
        watched.page.goto(live_server.url + path)
        found += [f"{path} {fault[:160]}" for fault in faults_of(watched) + watched.axe_in_the_dark()]

    context.close()
    assert not found, "\n".join(found)


def test_a_second_saver_sees_both_versions_in_the_browser(desk):
    episode = make_draft(make_show(), title="Old")
    sign_in(desk)
    desk.page.goto(f"{desk.base}/admin/episodes/episode/{episode.pk}/change/")
    Episode.objects.filter(pk=episode.pk).update(title="Bo's title")

    desk.page.get_by_label("Title:", exact=True).fill("Ann's title")
    desk.page.get_by_role("button", name="Save", exact=True).click()

    desk.page.get_by_text("The stored version is now: “Bo's title”").wait_for()
    assert desk.page.get_by_label("Title:", exact=True).input_value() == "Ann's title"
    check(desk)


def test_a_file_that_is_no_audio_is_told_before_the_form_is_saved(desk, tmp_path):
    episode = make_draft(make_show())
    sign_in(desk)
    desk.page.goto(f"{desk.base}/admin/episodes/episode/{episode.pk}/change/")
    text = tmp_path / "episode.mp3"
    text.write_text("This is the transcript.\n" * 50)

    desk.page.get_by_label("Audio file").set_input_files(str(text))

    desk.page.get_by_text("it is a text file").wait_for()
    assert not OrmQ.objects.exists()
    check(desk)
