"""Saving a live episode: its producer reads in a dialog what apps will do, and decides."""

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client

from episodes.models import Episode
from tests.browser.watching import Watched
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url
from tests.factories import make_draft, make_episode, make_show

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(chromium, live_server, settings, tmp_path):
    """The desk on a port, for a producer who is signed in: desk(episode, width=…, scheme=…) opens the form."""
    settings.SITE_URL = live_server.url
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    client = Client()
    client.force_login(User.objects.create_superuser("ann", "ann@example.org", "long enough to be good"))
    name = django_settings.SESSION_COOKIE_NAME
    contexts = []

    def opened(episode, *, width=1280, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        watched = Watched.watch(context.new_page(), live_server.url)
        watched.page.goto(live_server.url + change_url(episode), wait_until="load")
        return watched

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def episode(db):
    return make_episode(make_show(), title="First", slug="first")


def save(watched):
    watched.page.get_by_role("button", name="Save", exact=True).first.click()


def dialog_of(watched):
    return watched.page.get_by_role("dialog", name="The episode is live. What apps will do:")


def faults_of(watched):
    """One advice beyond WCAG is let pass: Django's own inline tables have an empty head over their first column."""
    found = watched.violations() + watched.faults + watched.axe()
    found += ["scrolls sideways"] if watched.overflows() else []
    return [fault for fault in found if not fault.startswith("empty-table-header")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_dialog_is_read_by_everybody_on_every_screen(desk, episode, width, scheme):
    watched = desk(episode, width=width, scheme=scheme)
    watched.page.get_by_label("Title:", exact=True).fill("Second")
    watched.page.get_by_label("Slug:", exact=True).fill("second")
    save(watched)
    dialog_of(watched).wait_for()

    assert dialog_of(watched).get_by_role("listitem").all_inner_texts() == [
        "The address changes: links to the old page and the old audio lead to the new ones. "
        "The GUID stays, so no app takes it for a new episode.",
        "Apps take over the title within minutes to a day. YouTube keeps what it has read once.",
    ]
    assert faults_of(watched) == []
    box, window = dialog_of(watched).bounding_box(), watched.page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= window["height"]


def test_not_yet_saves_nothing_and_keeps_what_was_typed(desk, episode):
    watched = desk(episode)
    title = watched.page.get_by_label("Title:", exact=True)
    title.fill("Second")
    save(watched)
    dialog_of(watched).get_by_role("button", name="Not yet").click()
    dialog_of(watched).wait_for(state="detached")

    save(watched)
    watched.page.keyboard.press("Escape")
    dialog_of(watched).wait_for(state="detached")

    assert (title.input_value(), Episode.objects.get().title) == ("Second", "First")
    assert watched.page.url.endswith(change_url(episode))


def test_save_saves_by_the_button_that_was_pressed(desk, episode):
    watched = desk(episode)
    watched.page.get_by_label("Title:", exact=True).fill("Second")
    watched.page.get_by_role("button", name="Save and continue editing").first.click()
    dialog_of(watched).get_by_role("button", name="Save", exact=True).click()
    watched.page.get_by_text("was changed successfully").first.wait_for()

    assert Episode.objects.get().title == "Second"
    assert watched.page.url.endswith(change_url(episode))
    assert faults_of(watched) == []


def test_it_is_worked_by_the_keyboard_alone(desk, episode):
    watched = desk(episode)
    title = watched.page.get_by_label("Title:", exact=True)
    title.fill("Second")
    title.press("Enter")
    dialog_of(watched).wait_for()

    focused = watched.page.evaluate("document.activeElement.textContent")
    watched.page.keyboard.press("Tab")
    watched.page.keyboard.press("Enter")
    watched.page.get_by_text("was changed successfully").first.wait_for()

    assert (focused, Episode.objects.get().title) == ("Not yet", "Second")


def test_new_audio_is_told_with_its_size(desk, episode, tmp_path):
    watched = desk(episode)
    tone = write_tone(tmp_path / "new.mp3", seconds=40, bitrate_bps=256_000)
    watched.page.locator("input[name=audio_file]").set_input_files(tone)
    watched.page.get_by_text("Save the form to use it.").wait_for()
    save(watched)
    dialog_of(watched).wait_for()

    assert dialog_of(watched).get_by_role("listitem").all_inner_texts()[0].startswith("The audio changes (1 MB): apps")


def test_a_second_press_while_the_answer_is_on_its_way_opens_no_second_dialog(desk, episode):
    watched = desk(episode)
    watched.page.get_by_label("Title:", exact=True).fill("Second")
    watched.page.get_by_role("button", name="Save", exact=True).first.dblclick()
    dialog_of(watched).first.wait_for()
    watched.page.wait_for_timeout(500)

    assert dialog_of(watched).count() == 1


@pytest.mark.parametrize("live", [True, False])
def test_without_news_for_apps_nobody_is_asked(desk, db, live):
    episode = (make_episode if live else make_draft)(make_show(), title="First")
    watched = desk(episode)
    label = "Disclosure:" if live else "Title:"
    watched.page.get_by_label(label, exact=True).fill("Nobody paid for this.")
    save(watched)

    watched.page.get_by_text("was changed successfully").first.wait_for()


def test_advice_that_does_not_come_holds_up_nobody(desk, episode):
    watched = desk(episode)
    watched.page.route("**/difference/**", lambda route: route.abort())
    watched.page.get_by_label("Title:", exact=True).fill("Second")
    save(watched)
    watched.page.get_by_text("was changed successfully").first.wait_for()

    assert Episode.objects.get().title == "Second"
