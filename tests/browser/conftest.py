"""Debian's Chromium, and the site with its example show and a few episodes around it."""

import os
import shutil
from types import SimpleNamespace

import pytest
from django.utils import asyncio
from playwright.sync_api import sync_playwright

from episodes.models import Episode, FollowLink, Season, Waveform
from publishing.example import EPISODE_SLUG, load_example
from tests.browser.watching import Watched
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker, make_topic
from tests.kept_site import KeptSite
from tests.publishing.reading_pages import give_words

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --autoplay-policy=user-gesture-required --mute-audio"
).split()


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium).")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs a loop of its own in this thread; the database is still used from one thread at a time.
        # Django is told so without the environment, which every process that a later test starts would inherit.
        patch.setattr(asyncio, "os", SimpleNamespace(environ={"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _example_and_three() -> None:
    load_example()
    e00 = Episode.objects.select_related("show").get()
    topic = make_topic(name="Service logic", slug="service-logic", description="What makes care a *service*.")
    season = Season.objects.create(show=e00.show, number=1)
    FollowLink.objects.create(show=e00.show, app="apple", url="https://podcasts.apple.com/x")
    guest = make_speaker(name="Bo Dahl", slug="bo-dahl", affiliation="A ward", bio="Once a nurse.")
    for number in range(3):
        episode = make_episode(
            e00.show, title=f"Trust, part {number}", slug=f"trust-{number}", number=number, season=season
        )
        make_appearance(episode, guest, role="Guest")
        make_chapter(episode, 0, title="Welcome")
        make_chapter(episode, 5_000, title="The map")
        episode.topics.add(topic)
        Waveform.objects.create(episode=episode, audio_sha256=episode.audio_sha256, peaks=[5, 90, 200, 40] * 50)
        give_words(episode)


_EXAMPLE_AND_THREE = KeptSite(_example_and_three)


@pytest.fixture
def site(live_server, settings):
    """The example show with E00 (its real sound and words) and three short episodes."""
    settings.SITE_URL = live_server.url
    _EXAMPLE_AND_THREE.put()
    live_server.e00 = Episode.objects.select_related("show").get(slug=EPISODE_SLUG)
    live_server.show_url = live_server.e00.show.get_absolute_url()
    return live_server


@pytest.fixture
def visit(chromium, site):
    """Open a watched page: visit(width=320, scheme="dark", scripts=True)."""
    contexts = []

    def opened(*, width: int = 1440, height: int = 900, scheme: str = "light", scripts: bool = True) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        return Watched.watch(context.new_page(), site.url)

    yield opened
    for context in contexts:
        context.close()
