"""A producer's steps at the desk in a real browser, from the recording to the moment an episode opens everywhere.

The same on the test's own server and on copies behind a proxy. Every page is looked at by `check` on the way.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from publishing.example import FOLDER
from tests.browser.watching import Watched
from tests.episodes.audio_samples import write_tone

PASSWORD = "long enough to be good"
MEGABYTE = 1_000_000
# The Otter export that is dropped on the form; its voice is called "Speaker 1", so a person says who that is.
OTTER_EXPORT = FOLDER / "transcript.txt"
TITLE, SUMMARY = "How it came about", "What happened, in two sentences."
CHAPTERS = "0:00 Welcome\n2:30 What matters | https://example.org/"
# A word of the transcript, to be found by the search once the episode is out.
WORD = "interdependent"


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


def sign_in(watched: Watched, name: str = "ann", password: str = PASSWORD) -> None:
    page = watched.page
    page.goto(f"{watched.base}/admin/")
    page.get_by_label("Name or e-mail address").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
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


@contextmanager
def a_broken_line(watched: Watched, bytes_a_second: int):
    """What is sent in here is slow, and cut when it is a third through; the line is whole again afterwards."""
    network = watched.page.context.new_cdp_session(watched.page)
    network.send("Network.enable")
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    network.send("Network.emulateNetworkConditions", line)
    yield
    watched.until("document.querySelector('.desk-upload progress').value > 30", seconds=60)
    network.send("Network.emulateNetworkConditions", {**line, "offline": True})
    cut = "ERR_INTERNET_DISCONNECTED"  # the browser reports the broken request, as it should
    deadline = time.monotonic() + 20
    while not any(cut in fault for fault in watched.faults):
        assert time.monotonic() < deadline, "the cut was not felt"
        watched.page.wait_for_timeout(50)
    watched.faults = [fault for fault in watched.faults if cut not in fault]
    network.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": -1})


def write_episode(watched: Watched, recording: Path, bytes_a_second: int, show: str, speaker: str) -> None:
    """From "Today" to a filled form with recording, chapters, person and Otter export; the line breaks once."""
    page = watched.page
    check(watched)
    page.get_by_role("link", name="New episode").click()
    page.get_by_role("heading", name="Add episode").wait_for()
    check(watched)
    with a_broken_line(watched, bytes_a_second):
        page.get_by_label("Audio file").set_input_files(str(recording))
    page.get_by_label("Show:").select_option(label=show)
    page.get_by_label("Title:", exact=True).fill(TITLE)
    page.get_by_label("Summary").fill(SUMMARY)
    page.get_by_label("Chapters:", exact=True).fill(CHAPTERS)
    page.get_by_text("Add another Person").click()
    page.locator("select[name='appearances-0-speaker']").select_option(label=speaker)
    page.locator("input[name$='-file'][name^='transcripts-0']").set_input_files(str(OTTER_EXPORT))
    page.get_by_text("Arrived: MP3").wait_for(timeout=90_000)
    watched.faults = [fault for fault in watched.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    check(watched)


def save_episode(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("Before it can be published:").wait_for()
    page.get_by_text("The new audio is still being worked on").wait_for()
    check(watched)


def watch_the_work(watched: Watched, work: Callable[[], object], seconds: int = 10) -> None:
    """The page tells of the background work by itself, until it is done; it rests until `work` is called."""
    page = watched.page
    page.locator("[data-work-words]", has_text="Waiting for its turn").wait_for()
    work()
    page.get_by_text("The audio is ready.").wait_for(timeout=seconds * 1000)
    check(watched)


def say_whose_voice(watched: Watched, speaker: str) -> None:
    page = watched.page
    page.reload()
    page.get_by_role("link", name="Voices").first.click()
    page.locator("select[name^='voice-']").wait_for()
    check(watched)
    page.locator("select[name^='voice-']").select_option(label=speaker)
    page.locator("#content-main form [type=submit], main form button[type=submit]").first.click()
    page.wait_for_load_state()


def preview_link(watched: Watched, episode_pk: int) -> str:
    watched.page.goto(f"{watched.base}/admin/episodes/episode/{episode_pk}/preview/")
    check(watched)
    return watched.page.get_by_label("Link:").input_value()


def schedule(watched: Watched, episode_pk: int) -> datetime:
    """To the next full minute that leaves time to fill in the form; gives that minute (the show's time zone is UTC)."""
    page = watched.page
    page.goto(f"{watched.base}/admin/episodes/episode/{episode_pk}/publish/")
    check(watched)
    page.get_by_label("At a later moment").check()
    moment = (datetime.now(UTC) + timedelta(seconds=65)).replace(second=0, microsecond=0)
    page.get_by_label("Day").fill(f"{moment:%Y-%m-%d}")
    page.get_by_label("Hour").fill(f"{moment:%H:%M}")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("opens by itself on").wait_for()
    check(watched)
    return moment


@dataclass(frozen=True)
class Doors:
    """The public doors of one episode: paths of a site at `base`."""

    base: str
    show: str
    page: str
    audio: str
    title: str = TITLE

    def opened(self) -> dict[str, bool]:
        """Which of them show the episode at this moment."""

        def ask(path: str) -> requests.Response:
            return requests.get(self.base + path, timeout=30)

        return {
            "page": ask(self.page).status_code == 200,
            "feed": self.title in ask(f"{self.show}feed.xml").text,
            "home": self.title in ask(self.show).text,
            "search": self.page in ask(f"/search/?q={WORD}").text,
            "sitemap": self.page in ask("/sitemap.xml").text,
            # New tags, such as the date's, give the file a new name; the one known before leads to it.
            "audio": requests.head(self.base + self.audio, timeout=30, allow_redirects=True).status_code == 200,
        }

    def open_at(self, moment: datetime, within_seconds: float = 1) -> None:
        """Wait for that moment: until then all are closed, and soon after it all are open."""
        while datetime.now(UTC) < moment - timedelta(seconds=0.5):
            began = datetime.now(UTC)
            opened = self.opened()
            # On a busy machine the asking itself may last until the moment.
            assert not any(opened.values()) or datetime.now(UTC) >= moment, (began, moment, opened)
            time.sleep(0.4 if moment - datetime.now(UTC) < timedelta(seconds=6) else 5)
        time.sleep(max((moment - datetime.now(UTC)).total_seconds(), 0) + within_seconds)
        assert [door for door, is_open in self.opened().items() if not is_open] == []
