"""A producer's day in a real browser: from a 200 MB file and a cut connection to an episode that opens by itself."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from episodes.models import AudioWork, Episode, PictureWork, SiteReport
from episodes.processing import process_audio
from publishing.example import FOLDER
from tests.browser.watching import Watched
from tests.coproduction_site.running import wait_until
from tests.episodes.audio_samples import write_tone
from tests.factories import make_draft, make_episode, make_show, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "long enough to be good"
MEGABYTE = 1_000_000


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


def faults_of(watched: Watched) -> list[str]:
    """Policy, console and WCAG. One advice beyond WCAG is let pass: an empty head over the first column of the inline
    tables that Django itself writes."""
    watched.page.wait_for_load_state("load")
    found = watched.violations() + watched.faults + watched.axe()
    found += ["scrolls sideways"] if watched.overflows() else []
    return [fault for fault in found if not fault.startswith("empty-table-header")]


def check(watched: Watched) -> None:
    """No fault on the page as it stands; the page is remembered, so that a test can say which it has seen."""
    watched.seen.append(watched.page.url.removeprefix(watched.base))
    faults = faults_of(watched)
    assert not faults, "\n".join(faults)


def sign_in(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.base}/admin/")
    page.get_by_label("Name or e-mail address").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    check(watched)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Today").wait_for()


def large_mp3(path: Path, megabytes: int) -> Path:
    """An MP3 of that size: ten seconds of a tone, over and over."""
    frames = write_tone(path, bitrate_bps=320_000, muxer_options={"write_xing": "0"}).read_bytes()[45:]
    with path.open("wb") as file:
        for _ in range(megabytes * MEGABYTE // len(frames) + 1):
            file.write(frames)
    return path


def doors(client: Client, episode: Episode) -> dict[str, bool]:
    """Which of the public doors show the episode at this moment."""
    show = episode.show.get_absolute_url()
    title = episode.title
    return {
        "page": client.get(episode.get_absolute_url()).status_code == 200,
        "feed": title in client.get(f"{show}feed.xml").content.decode(),
        "home": title in client.get(show).content.decode(),
        "search": episode.get_absolute_url() in client.get("/search/?q=interdependent").content.decode(),
        "sitemap": episode.get_absolute_url() in client.get("/sitemap.xml").content.decode(),
        "audio": client.head(episode.get_enclosure_url()).status_code == 200,
    }


def test_from_an_audio_file_to_an_episode_that_opens_by_itself(desk, tmp_path, live_server):
    page = desk.page
    show = make_show(title="A show", time_zone="UTC")
    make_speaker(name="Grace Host", slug="grace-host")
    file = large_mp3(tmp_path / "recording.mp3", 200)
    sign_in(desk)
    check(desk)

    # The file goes up while the form is filled; the connection breaks on the way.
    page.get_by_role("link", name="New episode").click()
    page.get_by_role("heading", name="Add episode").wait_for()
    check(desk)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60 * MEGABYTE}
    network.send("Network.emulateNetworkConditions", slow)
    page.get_by_label("Audio file").set_input_files(str(file))
    wait_until(lambda: page.evaluate("document.querySelector('.desk-upload progress').value") > 20)
    network.send("Network.emulateNetworkConditions", {**slow, "offline": True})
    time.sleep(1)
    desk.faults.clear()  # the browser reports the broken request, as it should
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.get_by_label("Show:").select_option(label="A show")
    page.get_by_label("Title:", exact=True).fill("How it came about")
    page.get_by_label("Summary").fill("What happened, in two sentences.")
    page.get_by_label("Chapters:", exact=True).fill("0:00 Welcome\n12:30 What matters | https://example.org/")
    page.get_by_text("Add another Person").click()
    page.locator("select[name='appearances-0-speaker']").select_option(label="Grace Host")
    page.locator("input[name$='-file'][name^='transcripts-0']").set_input_files(str(FOLDER / "transcript.txt"))
    page.get_by_text("Arrived: MP3").wait_for(timeout=90_000)
    desk.faults = [fault for fault in desk.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    check(desk)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("Before it can be published:").wait_for()
    page.get_by_text("The new audio is still being worked on").wait_for()
    episode = Episode.objects.select_related("show").get()
    assert episode.audio_bytes == file.stat().st_size
    assert [c.title for c in episode.chapters.all()] == ["Welcome", "What matters"]
    check(desk)

    # The work is watched to its end.
    page.locator("[data-work-words]", has_text="Waiting for its turn").wait_for()
    process_audio(episode.pk)
    page.get_by_text("The audio is ready.").wait_for(timeout=10_000)
    assert AudioWork.objects.get().state == "done"
    check(desk)

    # A person says whose voice it is.
    page.reload()
    page.get_by_role("link", name="Voices").first.click()
    page.locator("select[name^='voice-']").wait_for()
    check(desk)
    page.locator("select[name^='voice-']").select_option(label="Grace Host")
    page.locator("#content-main form [type=submit], main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert episode.transcripts.get().voices.get().speaker.name == "Grace Host"

    # The preview shows the real page to who has the link, and to nobody else.
    page.goto(f"{desk.base}/admin/episodes/episode/{episode.pk}/preview/")
    check(desk)
    link = page.get_by_label("Link:").input_value()
    answer = Client().get(link.removeprefix(desk.base))
    assert "How it came about" in answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]
    assert not any(doors(Client(), Episode.objects.select_related("show").get()).values())

    # Scheduled for the next minute, it opens everywhere at once.
    moment = (timezone.now() + timedelta(seconds=65)).replace(second=0, microsecond=0)
    page.goto(f"{desk.base}/admin/episodes/episode/{episode.pk}/publish/")
    check(desk)
    page.get_by_label("At a later moment").check()
    page.get_by_label("Day").fill(f"{moment:%Y-%m-%d}")
    page.get_by_label("Hour").fill(f"{moment:%H:%M}")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("opens by itself on").wait_for()
    check(desk)
    episode = Episode.objects.select_related("show").get()
    visitor = Client()
    while timezone.now() < moment - timedelta(seconds=0.5):
        assert not any(doors(visitor, episode).values())
        time.sleep(0.4)
    time.sleep(max((moment - timezone.now()).total_seconds(), 0) + 1)
    assert doors(visitor, episode) == dict.fromkeys(doors(visitor, episode), True)
    assert show.slug in episode.get_absolute_url()


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_is_without_fault(chromium, live_server, settings, width, scheme):
    call_command("load_example")
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
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
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
    found = {}

    for path in paths:
        watched.faults.clear()
        watched.page.goto(live_server.url + path)
        if faults := faults_of(watched):
            found[path] = faults

    context.close()
    assert not found, "\n".join(f"{path}: {fault[:160]}" for path, faults in found.items() for fault in faults)


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
