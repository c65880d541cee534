"""Where a feed comes from: one page or many, from outside only."""

import pytest

from publishing.importing.sources import fetch_pages, merge
from publishing.outgoing import InsideError
from tests.loopback import serving
from tests.publishing.foreign_host import host
from tests.publishing.moving_in import feed_with, item_with


def paged(place: str, number: int, following: str) -> bytes:
    onward = f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='next' href='{following}'/>" if following else ""
    return feed_with(item_with(f"g{number}", place) + item_with("on every page", place), onward)


def test_a_paged_feed_is_read_to_its_end(settings, tmp_path):
    with host(settings, tmp_path) as old:
        for number in range(3):
            following = f"/page{number + 1}" if number < 2 else ""
            old.answers[f"/page{number}"] = lambda h, n=number, f=following: h.send(paged(old.place, n, f))
        feed = merge(fetch_pages(f"http://{old.place}/page0"))

    assert [item.guid for item in feed.items] == ["g0", "on every page", "g1", "g2"]


def test_a_feed_whose_pages_lead_in_a_circle_is_read_once(settings, tmp_path):
    with host(settings, tmp_path) as old:
        old.answers["/a"] = lambda handler: handler.send(paged(old.place, 0, "/b"))
        old.answers["/b"] = lambda handler: handler.send(paged(old.place, 1, "/a"))
        pages = fetch_pages(f"http://{old.place}/a")

    assert len(pages) == 2


def test_endless_pages_are_refused(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("publishing.importing.sources.MOST_PAGES", 5)
    with host(settings, tmp_path) as old:
        count = iter(range(1000))

        def endless(handler):
            number = next(count)
            handler.send(paged(old.place, number, f"/a?p={number + 1}"))

        old.answers["/a"] = endless
        with pytest.raises(ValueError, match="more than 5 pages"):
            fetch_pages(f"http://{old.place}/a")


def test_a_feed_inside_is_refused_unasked(settings):
    with serving(feed=lambda handler: handler.send(b"<rss/>")) as inner, pytest.raises(InsideError):
        fetch_pages(f"http://{inner.place}/feed")

    assert inner.asked == []
