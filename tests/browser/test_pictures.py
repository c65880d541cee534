"""The pictures of README and docs: made here when asked for, and otherwise held against the pages they show.

MAKE_PICTURES=1 ./run test tests/browser/test_pictures.py      writes docs/pictures/*.png anew
"""

import io
import os
import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from downloads.models import DailyDownload, DailyFeedReader, DailyListeners
from episodes.models import Episode, FeedImport
from episodes.processing import process_audio
from publishing.importing.running import open_move
from publishing.importing.sources import FeedPage
from tests.browser.desk_steps import PASSWORD
from tests.browser.watching import Watched
from tests.episodes.audio_samples import write_tone
from tests.publishing.foreign_host import sample

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
MAKE = os.environ.get("MAKE_PICTURES") == "1"
WIDTH, HEIGHT = 1200, 780


def show(watched: Watched, name: str, *words: str, top: str = "", middle: str = "") -> None:
    """Bring the page to the picture's state: `top` and `middle` are selectors of what stands at those places."""
    page = watched.page
    if top:
        page.locator(top).first.evaluate(
            "element => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 12)"
        )
    if middle:
        page.locator(middle).first.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.wait_for_timeout(300)
    seen = page.evaluate("document.body.innerText")
    assert [word for word in words if word.lower() not in seen.lower()] == [], name
    cut = (
        "[...document.querySelectorAll('input, textarea, select, button')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().right > innerWidth)"
        ".map((e) => e.name || e.textContent)"
    )
    assert page.evaluate(cut) == [], f"cut off at the right of {name}"
    path = FOLDER / f"{name}.png"
    if MAKE:
        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        FOLDER.mkdir(exist_ok=True)
        # A palette of its own colours: a third of the bytes, and no difference to the eye.
        taken.convert("RGB").quantize(255, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size <= MOST_BYTES, name
    with Image.open(path) as picture:
        assert picture.size == (WIDTH, HEIGHT), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_readme_shows_the_episodes_page(visit, site, scheme):
    watched = visit(width=WIDTH, height=HEIGHT, scheme=scheme)
    process_audio(site.e00.pk)

    watched.open(site.e00.get_absolute_url())

    show(watched, f"episode-{scheme}", site.e00.title, "Transcript", "Paul Batalden")
    watched.page.locator(".said .clock").nth(9).click()
    watched.until("document.querySelector('[data-sound]').currentTime > 0.5")
    watched.until("document.querySelector('.said [aria-current=true]') !== null")
    watched.page.keyboard.press("Escape")
    watched.page.evaluate("document.activeElement.blur()")  # the picture is of the words, not of a key that was pressed
    show(watched, f"words-{scheme}", "Transcript", "To print", middle=".said [aria-current=true]")


@pytest.fixture
def desk(chromium, site, client):
    """A producer who is signed in, at a page of the picture's size."""
    client.force_login(User.objects.create_superuser("ann", "ann@example.org", PASSWORD, first_name="Ann"))
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site.url}])
    yield Watched.watch(context.new_page(), site.url)
    context.close()


def test_the_pictures_for_producers_show_an_episode_on_its_way(desk, site, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    page = desk.page
    sound = write_tone(tmp_path / "e01-interview.mp3", seconds=95)

    page.goto(site.url + reverse("admin:episodes_episode_add"))
    page.locator("[name=show]").select_option(str(site.e00.show_id))
    page.locator("[name=title]").fill("What patients know")
    page.locator("[name=summary]").fill("A nurse and a patient on what each of them brings to the making of good care.")
    page.get_by_label("Audio file").set_input_files(str(sound))
    page.get_by_text(re.compile("Arrived: ")).wait_for()
    show(desk, "upload", "Arrived: ", "Save the form to use it.", top="fieldset:has([name=audio_file])")

    page.locator("[name=_continue]").click()
    page.locator(".desk-readiness").wait_for()
    show(desk, "readiness", "What patients know", "Needed", top=".desk-readiness")

    episode = Episode.objects.get(title="What patients know")
    process_audio(episode.pk)
    page.goto(site.url + reverse("admin:episodes_episode_publish", args=[episode.pk]))
    show(desk, "publish", "Publish", "Now", "At a later moment")

    page.goto(site.url + reverse("admin:transcripts_transcript_edit", args=[site.e00.transcripts.get().pk]))
    show(desk, "editor", "coproduction")


def test_the_picture_of_a_move_shows_the_rehearsal(desk, site):
    data = sample("libsyn.xml", "podcast.example.org")
    move, _ = open_move("https://podcast.example.org/feed", [FeedPage(data, "", "https://podcast.example.org/feed")])

    desk.page.goto(site.url + reverse("admin:episodes_feedimport_change", args=[move.pk]))

    show(desk, "import", "episodes will be created", FeedImport.objects.get().show_title)


def test_the_picture_of_the_statistics_shows_a_month(desk, site):
    chance = random.Random(5)
    today = timezone.now().date()
    episodes = list(Episode.objects.all())
    for back in range(30):
        day = today - timedelta(days=back)
        DailyListeners.objects.create(day=day, show=site.e00.show, listeners=40 + chance.randrange(25))
        DailyFeedReader.objects.create(day=day, show=site.e00.show, reader="Overcast", subscribers=180 - back)
        for episode in episodes:
            for app, share in (("Apple Podcasts", 14), ("Overcast", 6), ("AntennaPod", 4), ("", 3)):
                DailyDownload.objects.create(
                    day=day, episode=episode, app=app, device="iPhone" if share > 5 else "Android phone",
                    place="", downloads=1 + chance.randrange(share), rules="IAB 2.2",
                )  # fmt: skip

    desk.page.goto(site.url + reverse("admin:downloads_dailydownload_changelist"))

    show(desk, "statistics", "Apple Podcasts", "Downloads")


def test_every_picture_is_shown_in_a_document_and_every_shown_one_is_there():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = {Path(found).name for page in pages for found in re.findall(r"pictures/[\w-]+\.png", page.read_text())}

    assert shown == {path.name for path in FOLDER.glob("*.png")}
    assert len(shown) >= 8
