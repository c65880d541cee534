"""A listener's steps in a real browser: finding, playing, jumping by the transcript, walking on while it plays.

The same on the test's own server and on copies behind a proxy.
"""

import json

from tests.browser.watching import Watched

# The sentence that is heard at this moment.
CURRENT = "document.querySelector('.said [aria-current=true]')?.textContent ?? ''"


def play(watched: Watched) -> None:
    watched.page.click("[data-panel-toggle]")
    watched.until("document.querySelector('[data-sound]').currentTime > 0.3", seconds=20)


def start(watched: Watched, path: str) -> None:
    watched.open(path)
    play(watched)


def find_and_open(watched: Watched, words: str, path: str) -> None:
    """From the front page by the search to the episode's page at `path`."""
    page = watched.page
    watched.open("/")
    page.click(".nav a[href='/search/']")
    page.wait_for_url("**/search/")
    page.fill("#q", words)
    page.press("#q", "Enter")
    page.wait_for_url("**q=**")
    page.click(".hit h2 a")
    page.wait_for_url(f"**{path}**")
    watched.until("document.querySelector('[data-panel] audio')?.hidden")


def play_from_a_sentence(watched: Watched, number: int) -> int:
    """Click on a sentence of the transcript and wait until it is the one that is heard; its beginning in ms."""
    sentence = watched.page.locator(".said span[data-start]").nth(number)
    text, begin = sentence.text_content(), int(sentence.get_attribute("data-start"))
    sentence.click()
    try:
        # A store that is slow to send from a new place holds the sound for a while.
        watched.until(f"{CURRENT} === {json.dumps(text)}", seconds=30)
    except AssertionError as late:
        state = {name: watched.sound(name) for name in ("currentTime", "paused", "seeking", "readyState")}
        raise AssertionError(f"{late}; the sound is {state}, heard is {watched.page.evaluate(CURRENT)!r}") from None
    return begin


def over_five_pages_and_back(watched: Watched) -> None:
    """The sound that plays goes on over five pages and back, in one and the same document."""
    watched.page.evaluate("window.sameDocument = true")
    place = 0.0
    for name in ("People", "Topics", "Episodes", "About", "Follow"):
        watched.page.click(f".nav >> text={name}")
        watched.until(f"document.querySelector('.nav [aria-current]')?.textContent === '{name}'")
        assert watched.sound("paused") is False
        assert watched.sound("currentTime") > place
        assert watched.page.evaluate("document.activeElement.tagName") == "H1"
        place = watched.sound("currentTime")
    watched.page.go_back()
    watched.until("document.querySelector('.nav [aria-current]')?.textContent === 'About'")
    assert watched.page.evaluate("window.sameDocument") is True
    assert watched.sound("paused") is False
    assert watched.sound("currentTime") > place
