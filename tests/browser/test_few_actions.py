"""How much a producer has to do: an episode from its files to listeners in ten actions, counted in a real browser."""

import pytest
from django.test import Client
from playwright.sync_api import Locator

from episodes.models import Episode
from episodes.processing import process_audio
from publishing.example import CHAPTERS, FOLDER, SUMMARY
from tests.browser.desk_steps import check, sign_in
from tests.browser.test_the_desk import desk  # noqa: F401 (a fixture)
from tests.factories import make_show, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)

MOST_ACTIONS = 10


class Hand:
    """A producer's hand: each click, choice and filled field is one action."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def click(self, place: Locator) -> None:
        place.click()
        self.did.append("click")

    def fill(self, place: Locator, text: str) -> None:
        place.fill(text)
        self.did.append("fill")

    def choose_file(self, place: Locator, path: object) -> None:
        place.set_input_files(str(path))
        self.did.append("choose a file")

    def choose(self, place: Locator, label: str) -> None:
        place.select_option(label=label)
        self.did.append("choose")


@pytest.mark.parametrize("host", ["known", "new"])
def test_e00_goes_from_its_files_to_listeners_in_ten_actions(desk, host):  # noqa: F811
    page, hand = desk.page, Hand()
    show = make_show(title="The Power of Coproduction")
    if host == "known":
        make_speaker(name="Paul Batalden", slug="paul-batalden", bio="Paul hosts.")
    sign_in(desk)

    hand.click(page.get_by_role("link", name="New episode"))
    hand.choose_file(page.get_by_label("Audio file"), FOLDER / "e00-computer-voice.mp3")
    page.get_by_text("Arrived: MP3").wait_for(timeout=60_000)
    hand.fill(page.get_by_label("Title:", exact=True), "Paul on coproduction")
    hand.fill(page.get_by_label("Summary"), SUMMARY)
    hand.fill(page.get_by_label("Chapters:", exact=True), CHAPTERS)
    if host == "known":
        hand.choose(page.locator("select[name='appearances-0-speaker']"), "Paul Batalden")
    else:
        hand.fill(page.get_by_label("or a new one, row 1"), "Paul Batalden")
    hand.choose_file(page.locator("input[name$='-file'][name^='transcripts-0']"), FOLDER / "transcript.txt")
    check(desk)
    hand.click(page.get_by_role("button", name="Save and continue editing"))
    page.locator("[data-work-words]", has_text="Waiting for its turn").wait_for()
    check(desk)
    process_audio(Episode.objects.get().pk)
    page.get_by_text("The audio is ready.").wait_for(timeout=10_000)
    page.locator("[data-readiness]", has_text="Ready to publish").wait_for(timeout=10_000)
    hand.click(page.get_by_role("link", name="Publish…"))
    page.get_by_role("heading", name="What happens").wait_for()
    check(desk)
    hand.click(page.get_by_role("button", name="Publish"))
    page.get_by_text("is live. Apps fetch the feed within minutes to hours.").wait_for()
    check(desk)

    episode = Episode.objects.get()
    heard = Client().get(episode.get_absolute_url()).content.decode()
    assert len(hand.did) <= MOST_ACTIONS, hand.did
    assert [(person.speaker.slug, person.role) for person in episode.appearances.all()] == [("paul-batalden", "Host")]
    assert episode.transcripts.get().voices.get().speaker.name == "Paul Batalden"
    assert episode.chapters.count() == 11
    assert "Paul on coproduction" in heard
    assert "Paul on coproduction" in Client().get(f"{show.get_absolute_url()}feed.xml").content.decode()
