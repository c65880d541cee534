"""Listening: by mouse and by keyboard, across pages, at the moment wanted, and again tomorrow."""

import json
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen

import pytest

from tests.browser.listener_steps import CURRENT, over_five_pages_and_back, play, play_from_a_sentence, start

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_of_the_sound_is_fetched_before_play(visit, site):
    watched = visit()
    asked = []
    watched.page.on("request", lambda request: "/audio/" in request.url and asked.append(request.url))

    watched.open(site.e00.get_absolute_url())
    watched.until("window.listening")
    watched.page.wait_for_timeout(500)
    before = list(asked)
    play(watched)

    assert before == []
    assert asked


def test_a_link_to_a_moment_waits_there_in_silence(visit, site):
    watched = visit()

    watched.open(f"{site.e00.get_absolute_url()}?t=1m15s")
    watched.until("window.listening")

    assert watched.sound("paused") is True
    assert watched.page.inner_text("[data-panel-time]") == "1:15"
    assert (
        watched.page.get_attribute("[data-panel-seek]", "aria-valuetext")
        == "1 minute 15 seconds of 11 minutes 38 seconds"
    )
    watched.page.click("[data-panel-toggle]")
    watched.until("document.querySelector('[data-sound]').currentTime > 75")
    assert watched.sound("currentTime") < 80


def test_sound_goes_on_over_five_pages_and_back(visit, site):
    watched = visit()
    start(watched, site.e00.get_absolute_url())

    over_five_pages_and_back(watched)

    assert watched.faults + watched.violations() == []


def test_a_reload_resumes_within_a_second_of_the_place(visit, site):
    watched = visit()
    start(watched, site.e00.get_absolute_url())
    watched.page.evaluate("document.querySelector('[data-sound]').currentTime = 200")
    watched.until("document.querySelector('[data-sound]').currentTime > 200.2")
    place = watched.sound("currentTime")

    watched.page.reload()
    watched.until("window.listening")

    assert watched.sound("paused") is True
    assert abs(float(watched.page.input_value("[data-panel-seek]")) - place) < 1.5  # it shows whole seconds
    watched.page.click("[data-panel-toggle]")
    watched.until("document.querySelector('[data-sound]').currentTime > 1")
    assert 0 <= watched.sound("currentTime") - place < 3


def test_without_the_navigation_api_pages_load_and_the_bar_offers_to_go_on(visit, site):
    watched = visit()
    watched.page.add_init_script("Object.defineProperty(window, 'navigation', {value: undefined})")
    start(watched, site.e00.get_absolute_url())
    watched.page.evaluate("document.querySelector('[data-sound]').currentTime = 200")
    watched.until("document.querySelector('[data-sound]').currentTime > 200.2")

    watched.page.click(".nav >> text=People")
    watched.page.wait_for_url("**/speakers/")

    watched.until("!document.querySelector('[data-player]').hidden")
    assert watched.page.inner_text("[data-now-title]") == site.e00.title
    assert watched.page.inner_text("[data-now-time]").startswith("3:2")


def test_a_click_on_a_sentence_plays_it_and_it_is_marked(visit, site):
    watched = visit()
    watched.open(site.e00.get_absolute_url())

    asked = []
    watched.page.on("request", lambda request: asked.append(request.url))

    begin = play_from_a_sentence(watched, 20)
    watched.page.wait_for_timeout(300)

    assert not watched.sound("paused")
    assert begin - 300 <= watched.sound("currentTime") * 1000
    assert [url for url in asked if "?t=" in url] == [], "the page itself was fetched again"
    assert f"?t={begin // 1000}#s20" in watched.page.url


def test_a_card_and_a_search_hit_play_without_leaving_the_page(visit, site):
    watched = visit()
    watched.open('/search/?q="respect and partnership"')
    begin = int(watched.page.get_attribute(".play-here", "data-start-ms"))

    watched.page.click(".play-here")
    watched.until("document.querySelector('[data-sound]').currentTime > 1")

    assert watched.page.url.endswith("/search/?q=%22respect%20and%20partnership%22")
    assert abs(watched.sound("currentTime") * 1000 - begin) < 3000


def test_what_was_searched_for_stays_marked_on_arrival(visit, site):
    watched = visit()
    watched.open("/search/?q=inequity")

    watched.page.click(".passage .time-chip")
    watched.until("document.querySelector('[data-find]')?.value === 'inequity'")

    assert watched.page.evaluate("[...CSS.highlights.get('found')].map((range) => range.toString())") == ["inequity"]


def test_a_hit_in_the_episode_that_plays_is_heard_at_once_and_coming_back_moves_nothing(visit, site):
    watched = visit()
    page, path = watched.page, site.e00.get_absolute_url()
    start(watched, path)
    page.click(".nav a[href='/search/']")
    page.wait_for_url("**/search/")
    page.fill("#q", "inequity")
    page.press("#q", "Enter")
    page.wait_for_url("**q=**")

    page.click(".passage .time-chip")
    page.wait_for_url(f"**{path}?t=*")
    begin = int(re.search(r"t=(\d+)", page.url)[1])
    watched.until(f"document.querySelector('[data-sound]').currentTime >= {begin}")
    page.evaluate("document.querySelector('[data-sound]').currentTime = 20")
    page.click(".nav >> text=People")
    page.wait_for_url("**/speakers/")
    page.go_back()
    watched.until("document.querySelector('[data-panel] audio')?.hidden")

    assert not watched.sound("paused")
    assert watched.sound("currentTime") < begin


def test_finding_in_the_transcript_counts_and_steps(visit, site):
    watched = visit()
    watched.open(site.e00.get_absolute_url())

    watched.page.fill("[data-find]", "coproduction")
    watched.until("/^\\d+ of \\d+$/.test(document.querySelector('[data-find-count]').textContent)")
    first, count = map(int, watched.page.inner_text("[data-find-count]").split(" of "))
    watched.page.press("[data-find]", "Enter")

    words = watched.page.text_content(".words").lower()
    assert count == len(re.findall(r"\bcoproduction", words))
    assert watched.page.inner_text("[data-find-count]") == f"{first + 1} of {count}"


def test_a_selection_is_copied_as_a_quote_with_speaker_time_and_link(visit, site):
    watched = visit()
    watched.open(site.e00.get_absolute_url())
    watched.page.locator("#s20").scroll_into_view_if_needed()
    watched.page.evaluate("getSelection().selectAllChildren(document.querySelector('#s20'))")

    watched.page.click("[data-quote-bar] button")
    watched.until("document.querySelector('[data-status]').textContent !== ''")
    quote = watched.page.evaluate("navigator.clipboard.readText()")

    sentence = watched.page.text_content("#s20")
    begin = int(watched.page.get_attribute("#s20", "data-start")) // 1000
    assert quote.split("\n") == [
        f"“{sentence}”",
        f"— Paul Batalden, {site.e00.show.title}, “{site.e00.title}”, {begin // 60}:{begin % 60:02}",
        f"{site.url}{site.e00.get_absolute_url()}?t={begin}#s20",
    ]


def test_a_sentence_plays_from_a_click_also_where_its_paragraph_begins_without_a_time(visit, site):
    watched = visit()
    watched.open(site.e00.get_absolute_url())
    watched.page.evaluate("document.querySelectorAll('.words a.clock').forEach((link) => link.remove())")

    begin = play_from_a_sentence(watched, 20)

    assert watched.page.url == f"{site.url}{site.e00.get_absolute_url()}?t={begin // 1000}#s20"
    assert watched.faults == []


def tab_to(watched, selector: str, most: int = 120) -> None:
    """Press Tab until the element has the focus, as a person without a mouse would."""
    for _ in range(most):
        watched.page.keyboard.press("Tab")
        if watched.page.evaluate(f"document.activeElement.matches({selector!r})"):
            outline = watched.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} shows no focus"
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_a_journey_by_keyboard_alone(visit, site):
    """Find an episode, play, jump by the transcript, change speed, copy a quote."""
    watched = visit()
    page, press = watched.page, watched.page.keyboard.press
    watched.open("/")

    tab_to(watched, ".nav a[href='/search/']")
    press("Enter")
    page.wait_for_url("**/search/")
    tab_to(watched, "#q")
    page.keyboard.type('"respect and partnership"')
    press("Enter")
    page.wait_for_url("**q=**")
    tab_to(watched, ".hit h2 a")
    press("Enter")
    page.wait_for_url(f"**{site.e00.get_absolute_url()}**")
    watched.until("document.querySelector('[data-panel] audio')?.hidden")

    tab_to(watched, "[data-panel-toggle]")
    press("Enter")
    watched.until("document.querySelector('[data-sound]').currentTime > 0.3")
    tab_to(watched, ".words .clock[data-start-ms='0'], .words .clock:not([data-start-ms^='0'])")
    tab_to(watched, ".words .clock")
    wanted = int(page.evaluate("document.activeElement.dataset.startMs"))
    press("Enter")
    watched.until(f"Math.abs(document.querySelector('[data-sound]').currentTime * 1000 - {wanted}) < 3000")
    page.evaluate("document.activeElement.blur()")
    press(">")
    assert watched.sound("playbackRate") == 1.1
    press("k")
    watched.until("document.querySelector('[data-sound]').paused")
    before = watched.sound("currentTime")
    press("l")
    watched.until(f"document.querySelector('[data-sound]').currentTime > {before + 29}")
    watched.until(f"{CURRENT} !== ''")
    page.focus("[data-only], [data-follow]")
    tab_to(watched, "[data-quote-now]")
    press("Enter")
    watched.until("document.querySelector('[data-status]').textContent !== ''")
    assert page.evaluate(CURRENT) in page.evaluate("navigator.clipboard.readText()")


def test_single_keys_can_be_switched_off(visit, site):
    watched = visit()
    start(watched, site.e00.get_absolute_url())
    watched.page.click("[data-bar-details] summary")
    watched.page.uncheck("[data-keys-switch]")
    watched.page.keyboard.press("Escape")
    watched.page.evaluate("document.activeElement.blur()")

    watched.page.keyboard.press("k")

    assert watched.sound("paused") is False


def test_the_sleep_timer_stops_at_the_end_of_the_chapter(visit, site):
    watched = visit()
    start(watched, site.e00.get_absolute_url())
    second = int(watched.page.locator(".chapters a").nth(1).get_attribute("data-start-ms")) / 1000
    watched.page.click("[data-bar-details] summary")
    watched.page.select_option("[data-sleep]", "chapter")

    watched.page.evaluate(f"document.querySelector('[data-sound]').currentTime = {second - 1.5}")
    watched.until("document.querySelector('[data-sound]').paused", seconds=6)

    assert abs(watched.sound("currentTime") - second) < 1
    assert "sleep timer" in watched.page.inner_text("[data-status]")


def test_an_episode_saved_for_offline_reads_and_plays_without_a_network(chromium, site):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.url + site.e00.get_absolute_url())
    page.click("[data-offline] button")
    page.wait_for_selector("[data-offline] button:has-text('Saved for offline')")
    page.wait_for_timeout(500)

    context.set_offline(True)
    page.goto(site.url + site.e00.get_absolute_url())
    page.click("[data-panel-toggle]")
    for _ in range(100):
        if page.evaluate("document.querySelector('[data-sound]').currentTime") > 0.5:
            break
        page.wait_for_timeout(50)
    played = page.evaluate("document.querySelector('[data-sound]').currentTime")
    words = page.text_content(".words")
    page.goto(f"{site.url}/somewhere/else/")
    listed = page.inner_text("[data-kept]")
    page.click("[data-kept] button")
    page.wait_for_selector("[data-kept-none]:not([hidden])")
    context.close()

    assert played > 0.5
    assert "healthcare is a service" in words
    assert site.e00.title in listed


def test_the_player_works_framed_by_another_site(chromium, site, tmp_path):
    """With the code that oEmbed gives, on a page of another origin."""
    code = json.loads(urlopen(f"{site.url}/oembed?url={site.url}{site.e00.get_absolute_url()}").read())["html"]
    (tmp_path / "other.html").write_text(f"<!doctype html><title>Other</title>{code}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))

    page.goto(f"http://127.0.0.1:{server.server_port}/other.html")
    frame = page.frame_locator("iframe")
    title = frame.locator("h1").inner_text()
    seconds = frame.locator("audio").evaluate(
        "(audio) => new Promise((done) => {"
        " audio.onloadedmetadata = () => done(audio.duration); audio.preload = 'metadata'; audio.load(); })"
    )
    cookies = context.cookies()
    context.close()
    server.shutdown()
    server.server_close()

    assert title == site.e00.title
    assert round(seconds) == 698
    assert cookies == []
    assert [fault for fault in faults if "favicon" not in fault and "404" not in fault] == []


def test_without_the_players_script_the_browsers_own_control_comes_back(visit, site):
    watched = visit()
    watched.page.route("**/player*.js", lambda route: route.abort())

    watched.page.goto(site.url + site.e00.get_absolute_url(), wait_until="load")
    watched.until("!document.documentElement.classList.contains('js')")

    assert watched.page.is_visible("[data-panel] audio[controls]")
    assert not watched.page.is_visible("[data-panel-controls]")


def test_the_panel_stands_before_any_script_has_come(visit, site):
    watched = visit()
    watched.page.route("**/js/player*.js", lambda route: None)  # never answered

    watched.page.goto(site.url + site.e00.get_absolute_url(), wait_until="commit")
    watched.until("document.querySelector('[data-panel-controls]')?.offsetHeight > 0")

    assert not watched.page.is_visible("[data-panel] audio[controls]")


def test_one_speakers_part_is_read_alone(visit, site):
    watched = visit()
    watched.open(f"{site.show_url}trust-0/")
    names = watched.page.locator("[data-only] option").all_inner_texts()[1:]

    watched.page.select_option("[data-only]", label=names[0])
    shown = watched.page.locator(".turn:not([hidden]) .turn-voice").all_inner_texts()

    assert len(names) > 1
    assert set(shown) == {names[0]}
