"""Every kind of page in a real browser: accessible, within its policy, within its width, silent in the console."""

import pytest

from episodes.preview import make_token
from tests.factories import make_appearance, make_chapter, make_draft, make_episode, make_show, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)


def every_kind(site) -> list[str]:
    show, e00 = site.show_url, site.e00.get_absolute_url()
    draft = make_draft(site.e00.show, title="Not yet", summary="Soon.")
    own = ["", "transcript/", "embed/", "related/", "correct/?s=3"]
    return [
        "/",
        f"{show}episodes/",
        f"{show}episodes/?topic=service-logic",
        f"{show}follow/",
        f"{show}about/",
        *(e00 + end for end in own),
        f"{show}trust-1/",
        "/speakers/",
        "/speakers/paul-batalden/",
        "/speakers/bo-dahl/",
        "/topics/",
        "/topics/service-logic/",
        "/search/",
        "/search/?q=trust",
        "/search/?q=zyzzyva",
        "/accessibility/",
        "/privacy/",
        "/offline/",
        "/no/such/page/",
        f"/preview/{make_token(draft)}/",
    ]


@pytest.mark.parametrize("width", [320, 1440])
def test_every_kind_of_page_is_without_fault(visit, site, width):
    watched = visit(width=width)
    found: list[str] = []

    for path in every_kind(site):
        watched.faults.clear()
        watched.open(path)
        faults = watched.axe() + watched.axe_in_the_dark() + watched.violations() + watched.faults
        # Chromium reports each 404 as a console error; on the page that is one it is meant.
        faults = [fault for fault in faults if not (path == "/no/such/page/" and "404" in fault)]
        if watched.overflows():
            faults.append("scrolls sideways")
        found += [f"{path} {fault}" for fault in faults]

    assert not found, "\n".join(found)


def test_words_longer_than_a_phone_is_wide_break_and_never_push(visit, site):
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    show = make_show(title=long, slug="long-words", author=long, tagline=long)
    guest = make_speaker(name=long, slug="long-name", affiliation=long)
    for slug in ("one", "two", "three"):
        episode = make_episode(show, title=f"On {long}", slug=slug)
        make_appearance(episode, guest, role="Guest")
        make_chapter(episode, 0, title=long)
        make_chapter(episode, 5_000, title=long)
    watched = visit(width=320)

    home = show.get_absolute_url()
    for path in (home, f"{home}episodes/", f"{home}follow/", f"{home}about/", f"{home}one/", "/speakers/long-name/"):
        watched.open(path)
        assert not watched.overflows(), path

    watched.open(f"{home}one/")
    flat = "[...document.querySelectorAll('.panel-times .clock')].every((time) => time.offsetWidth > time.offsetHeight)"
    assert watched.page.evaluate(flat)


def test_in_a_narrow_embed_a_long_name_gives_way_and_the_words_stay_in_reach(visit, site):
    site.e00.show.title = "The long and winding name of a show about making healthcare together"
    site.e00.show.save()
    watched = visit(width=320)

    watched.open(f"{site.e00.get_absolute_url()}embed/")
    link = watched.page.get_by_role("link", name="Transcript").bounding_box()

    assert link["x"] + link["width"] <= 320


def test_what_is_said_later_has_its_place_in_what_screen_readers_see(visit, site):
    watched = visit()
    watched.open("/")
    tree = watched.page.context.new_cdp_session(watched.page)

    found = tree.send("Accessibility.getFullAXTree")["nodes"]

    kept = [node for node in found if not node["ignored"] and node.get("role", {}).get("value") == "status"]
    assert len(kept) == 1
    assert watched.page.locator("[data-status]").bounding_box()["height"] == 0


def test_a_missing_cover_shows_letters_as_large_as_the_place(visit, site):
    show = make_show(title="No cover", slug="no-cover")
    watched = visit()

    watched.open(show.get_absolute_url())

    share = "parseFloat(getComputedStyle(document.querySelector('.hero .blank > span')).fontSize)"
    share += " / document.querySelector('.hero .blank').clientWidth"
    assert 0.25 < watched.page.evaluate(share) < 0.4


def test_paper_has_the_words_without_what_only_a_screen_can_do(visit, site):
    watched = visit(scheme="dark")
    watched.page.emulate_media(media="print")

    for path in (site.e00.get_absolute_url(), f"{site.e00.get_absolute_url()}transcript/"):
        watched.open(path)
        seen = watched.page.inner_text("body")
        assert "healthcare is a service" in seen
        for word in ("Skip the transcript", "Back to the episode", "Download", "Find in the transcript", "Follow"):
            assert word not in seen, (path, word)
        assert watched.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("width", [320, 1440])
def test_the_playing_bar_is_without_fault_and_covers_no_focus(visit, site, width):
    watched = visit(width=width)
    watched.open(site.e00.get_absolute_url())
    watched.page.click("[data-panel-toggle]")
    watched.until("document.querySelector('[data-sound]').currentTime > 0.2")
    watched.page.click("[data-bar-details] summary")

    assert watched.axe() + watched.violations() + watched.faults == []
    assert not watched.overflows()
    watched.page.keyboard.press("Escape")
    watched.page.focus(".neighbour, .foot a")
    bottom = watched.page.evaluate("document.activeElement.getBoundingClientRect().bottom")
    assert bottom <= watched.page.evaluate("document.querySelector('[data-player]').getBoundingClientRect().top")


def test_text_spacing_of_the_readers_own_loses_nothing(visit, site):
    """WCAG 1.4.12, with its four values set by the reader's tool."""
    watched = visit(width=320)
    for path in (site.e00.get_absolute_url(), "/", "/search/?q=trust"):
        watched.open(path)
        watched.page.evaluate(
            "const wide = {'line-height': '1.5', 'letter-spacing': '0.12em', 'word-spacing': '0.16em'};"
            "for (const one of document.querySelectorAll('*'))"
            "  for (const [name, value] of Object.entries(wide)) one.style.setProperty(name, value, 'important');"
        )
        assert not watched.overflows(), path


def test_forced_colours_leave_everything_visible(visit, site):
    watched = visit()
    watched.page.emulate_media(forced_colors="active")
    watched.open(site.e00.get_absolute_url())

    assert watched.axe() + watched.violations() == []
    assert watched.page.is_visible("[data-panel-toggle]")


def test_without_scripts_pages_read_play_and_search(visit, site):
    watched = visit(scripts=False)
    page = watched.page
    page.goto(site.url + site.e00.get_absolute_url())

    assert page.is_visible("audio[data-episode]")
    assert not page.is_visible("[data-player]")
    assert not page.is_visible(".tools")
    assert "healthcare is a service" in page.text_content(".words")
    with page.expect_navigation():
        page.click(".said .clock >> nth=2")
    assert "#t=" in page.get_attribute("audio[data-episode]", "src")

    page.click(".nav >> text=Search")
    page.fill("#q", '"respect and partnership"')
    page.press("#q", "Enter")
    assert page.inner_text(".passage mark").lower().startswith("respect")
    page.click(".passage .time-chip")
    assert site.e00.get_absolute_url() in page.url

    page.goto(f"{site.url}{site.show_url}episodes/")
    page.select_option("#topic", "service-logic")
    page.click(".filters button")
    assert page.locator(".card").count() == 3
