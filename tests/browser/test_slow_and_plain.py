"""A slow line, a low window, a browser without scripts: what listeners and producers are told and offered there."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.browser.desk_steps import PASSWORD, sign_in
from tests.browser.listener_steps import start
from tests.browser.test_the_desk import desk  # noqa: F401 (a fixture)
from tests.browser.watching import Watched
from tests.episodes.audio_samples import write_tone
from tests.factories import make_draft, make_episode, make_show

pytestmark = pytest.mark.django_db(transaction=True)

STATUS = "document.querySelector('[data-status]').textContent"


def test_who_only_looked_at_an_episode_meets_no_player_elsewhere(visit, site):
    watched = visit()
    watched.open(site.e00.get_absolute_url())
    watched.until("window.listening")

    watched.open("/search/")
    watched.page.wait_for_timeout(300)

    assert watched.page.locator("[data-player]").is_hidden()


def test_who_waits_for_the_sound_is_told_until_it_plays(visit, site):
    watched = visit()
    held = []
    watched.page.route("**/audio/**", lambda route: held.append(route))
    watched.open(site.e00.get_absolute_url())

    watched.page.click("[data-panel-toggle]")
    watched.until(f"{STATUS} === 'The sound is being loaded…'")
    watched.page.unroute("**/audio/**")
    for route in held:
        with suppress(Error):  # the page's own element has given its request up by now
            route.continue_()
    watched.until("document.querySelector('[data-sound]').currentTime > 0.3", seconds=20)

    assert watched.page.evaluate(STATUS) == ""


def test_on_a_slow_line_the_sound_begins_after_little_of_the_file(visit, site):
    """Chromium's own line of 400 kbit/s; before the file's tags were made for it, half a megabyte was read first."""
    watched = visit()
    watched.open(site.e00.get_absolute_url())
    line = watched.page.context.new_cdp_session(watched.page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
    )
    arrived = []
    line.on("Network.dataReceived", lambda event: arrived.append(event["dataLength"]))

    watched.page.click("[data-panel-toggle]")
    watched.until("document.querySelector('[data-sound]').currentTime > 0.1", seconds=40)

    assert 20_000 < sum(arrived) < 250_000


def test_in_a_window_as_low_as_a_magnified_one_the_player_leaves_room_for_the_words(visit, site):
    watched = visit(width=320, height=256)

    start(watched, site.e00.get_absolute_url())
    watched.until("!document.querySelector('[data-player]').hidden")

    assert watched.page.locator("[data-player]").bounding_box()["height"] < 256 / 3
    assert not watched.overflows()


def test_where_nothing_related_was_said_no_heading_promises_it(visit, site):
    watched = visit()
    watched.page.route("**/related/", lambda route: route.fulfill(content_type="text/html", body="<p>Nothing yet.</p>"))

    watched.open(site.e00.get_absolute_url())
    watched.page.evaluate("scrollTo(0, document.body.scrollHeight)")

    watched.until("!document.querySelector('#elsewhere')")


def test_paper_says_an_address_once(visit, site):
    site.e00.show_notes = "- https://example.org/bare\n- [named](https://example.org/named)"
    site.e00.save()
    watched = visit()
    watched.open(site.e00.get_absolute_url())

    watched.page.emulate_media(media="print")
    behind = "(link) => getComputedStyle(link, '::after').content"
    said = [link.evaluate(behind) for link in watched.page.locator(".prose a").all()]

    assert said == ["none", '" (" attr(href) ")"'] or said == ["none", '" (https://example.org/named)"']


def test_without_scripts_no_passkey_is_offered_and_its_pages_say_why(chromium, desk):  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = Watched.watch(context.new_page(), desk.base).page

    page.goto(f"{desk.base}/admin/")
    offered = page.get_by_text("passkey").is_visible()
    at_the_door = page.locator("noscript").count()
    page.get_by_label("Name or e-mail address").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{desk.base}/admin/account/2fa/webauthn/add/")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("#content button[type=submit]").click()
    page.locator("noscript p", has_text="needs JavaScript").wait_for()
    context.close()

    assert (offered, at_the_door) == (False, 0)


def test_without_scripts_every_list_of_a_form_can_grow(chromium, desk):  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = Watched.watch(context.new_page(), desk.base).page
    page.goto(f"{desk.base}/admin/episodes/show/add/")
    page.get_by_label("Name or e-mail address").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    before = page.get_by_label("Label, row 1").count()
    page.get_by_role("link", name="empty line in each list").click()
    after = page.get_by_label("Label, row 1").count()
    dead = page.locator(".related-widget-wrapper-link:visible, #toggle-nav-sidebar:visible").count()
    context.close()

    assert (before, after > 0, dead) == (0, True, 0)


def test_long_titles_push_nothing_out_of_the_desk(desk):  # noqa: F811
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft and its people, for years"
    episode = make_episode(make_show(), title=long)
    make_draft(episode.show, title=f"{long}, again", slug="again")
    sign_in(desk)
    places = ["", "downloads/dailydownload/", f"episodes/show/{episode.show_id}/change/", "episodes/episode/"]

    pushed = []
    for width in (1280, 320):
        desk.page.set_viewport_size({"width": width, "height": 900})
        for place in places:
            desk.page.goto(f"{desk.base}/admin/{place}")
            if desk.overflows():
                pushed.append((width, place))

    assert pushed == []


def test_a_proxy_that_takes_no_pieces_is_named_as_the_cause(desk, tmp_path):  # noqa: F811
    make_show()
    sign_in(desk)
    desk.page.goto(f"{desk.base}/admin/episodes/episode/add/")
    refusal = "<html><body><h1>413 Request Entity Too Large</h1></body></html>"
    desk.page.route(
        "**/*",
        lambda route: (
            route.fulfill(status=413, content_type="text/html", body=refusal)
            if route.request.method == "PATCH"
            else route.continue_()
        ),
    )

    desk.page.set_input_files("input[type=file][data-upload-url]", write_tone(tmp_path / "tone.mp3"))
    said = desk.page.locator(".desk-upload [role=status]", has_text="in front of this site")
    said.wait_for()

    assert "client_max_body_size" in said.inner_text()
