"""The desk without a mouse: from the sign-in to listeners by Tab, Space and Enter, and what the focus shows there."""

import pytest
from playwright.sync_api import Locator

from episodes.models import Episode
from episodes.processing import process_audio
from publishing.example import CHAPTERS, FOLDER, SUMMARY
from tests.browser.desk_steps import PASSWORD
from tests.browser.test_the_desk import desk  # noqa: F401 (a fixture)
from tests.browser.watching import Watched
from tests.factories import make_draft, make_show, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)

MOST_TABS = 150
# Where the focus is, and whether the eye can tell: an outline, a ring of shadow, or a border of its own.
FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    const name = `${element.tagName} ${element.name || element.id || element.textContent.trim().slice(0, 40)}`;
    return {
        name,
        body: element === document.body,
        ring,
        inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


class Keys:
    """A producer's keyboard. Each place that Tab comes by must show that it has the focus."""

    def __init__(self, watched: Watched) -> None:
        self.page, self.unseen = watched.page, set()

    def to(self, place: Locator) -> Locator:
        """Tab until the place has the focus."""
        place.wait_for(state="attached")
        came_by = []
        for _ in range(MOST_TABS):
            if place.evaluate("element => element === document.activeElement"):
                return place
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            came_by.append(focused["name"])
            if not focused["body"] and not (focused["ring"] and focused["inside"]):
                self.unseen.add(f"{self.page.url}: {focused}")
        raise AssertionError(f"no way by Tab to {place}: {came_by}")

    def write(self, place: Locator, text: str) -> None:
        self.to(place)
        self.page.keyboard.insert_text(text)

    def choose(self, place: Locator, label: str) -> None:
        """By the first letters, as a list of choices lets one."""
        self.to(place)
        self.page.keyboard.type(label)
        assert place.evaluate("element => element.selectedOptions[0].textContent") == label

    def choose_file(self, place: Locator, path: object) -> None:
        """On a busy machine a press was once without an answer, why is unknown: one goes there and presses again."""
        asked = []
        self.page.once("filechooser", lambda chooser: asked.append(chooser))
        for _ in range(4):
            self.to(place)
            self.page.keyboard.press("Space")
            for _ in range(50):
                if asked:
                    asked[0].set_files(str(path))
                    return
                self.page.wait_for_timeout(100)
        raise AssertionError(f"no file chooser opened at {place}")

    def press(self, place: Locator) -> None:
        self.to(place)
        self.page.keyboard.press("Enter")


def sign_in_by_keys(watched: Watched) -> Keys:
    page, keys = watched.page, Keys(watched)
    page.goto(f"{watched.base}/admin/")
    keys.write(page.get_by_label("Name or e-mail address"), "ann")
    keys.write(page.get_by_label("Password", exact=True), PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Today").wait_for()
    return keys


def test_e00_goes_from_its_files_to_listeners_without_a_mouse(desk):  # noqa: F811
    page = desk.page
    make_show(title="The Power of Coproduction")
    make_speaker(name="Paul Batalden", slug="paul-batalden", bio="Paul hosts.")
    keys = sign_in_by_keys(desk)

    keys.press(page.get_by_role("link", name="New episode"))
    page.get_by_role("heading", name="Add episode").wait_for()
    keys.choose_file(page.get_by_label("Audio file"), FOLDER / "e00-computer-voice.mp3")
    page.get_by_text("Arrived: MP3").wait_for(timeout=60_000)
    keys.write(page.get_by_label("Title:", exact=True), "Paul on coproduction")
    keys.write(page.get_by_label("Summary"), SUMMARY)
    keys.write(page.get_by_label("Chapters:", exact=True), CHAPTERS)
    keys.choose(page.locator("select[name='appearances-0-speaker']"), "Paul Batalden")
    keys.choose_file(page.locator("input[name$='-file'][name^='transcripts-0']"), FOLDER / "transcript.txt")
    keys.press(page.get_by_role("button", name="Save and continue editing"))
    page.locator("[data-work-words]", has_text="Waiting for its turn").wait_for()
    process_audio(Episode.objects.get().pk)
    page.get_by_text("The audio is ready.").wait_for(timeout=10_000)
    keys.press(page.get_by_role("link", name="Publish…"))
    page.get_by_role("heading", name="What happens").wait_for()
    keys.press(page.get_by_role("button", name="Publish"))
    page.get_by_text("is live. Apps fetch the feed within minutes to hours.").wait_for()

    assert Episode.objects.get().is_published
    assert keys.unseen == set(), "\n".join(sorted(keys.unseen))


def test_after_a_fault_the_focus_is_at_the_first_field_to_mend(desk):  # noqa: F811
    episode = make_draft(make_show(), title="Old")
    keys = sign_in_by_keys(desk)
    page = desk.page
    page.goto(f"{desk.base}/admin/episodes/episode/{episode.pk}/change/")
    chapters = keys.to(page.get_by_label("Chapters:", exact=True))
    page.keyboard.insert_text("no time at all")

    keys.press(page.get_by_role("button", name="Save", exact=True))

    page.locator(".errornote").wait_for()
    desk.until("document.activeElement && document.activeElement.name === 'chapters_text'")
    assert chapters.input_value() == "no time at all"
    described = chapters.get_attribute("aria-describedby") or ""
    assert any("error" in name for name in described.split())
