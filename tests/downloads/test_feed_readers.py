"""Who reads the feed, and for how many."""

import pytest
from django.test import RequestFactory

from downloads.counting import feed_readers
from downloads.counting.feed_readers import (
    count_fetches,
    forget_fetches,
    note_feed_request,
    reader_name,
    subscribers_said,
)
from downloads.models import DailyFeedReader, FeedFetch
from tests.factories import make_show

SYNC = "Overcast/1.0 Podcast Sync (123 subscribers; feed-id=1234; +http://overcast.fm/)"
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)"


@pytest.fixture(autouse=True)
def nothing_noted():
    feed_readers._noted_today.clear()


def fetch(show, agent, address="192.0.2.1", method="get"):
    request = getattr(RequestFactory(), method)("/s/feed.xml", HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    note_feed_request(request.META, show.id)


@pytest.fixture
def count(settings):
    """Takes in what was noted, as if the notes' file were finished."""

    def take_in():
        for path in (settings.VAR_DIR / "deliveries").glob("*.fetches"):
            path.rename(path.with_name("1-" + path.name.split("-", 1)[1]))
        return count_fetches()

    return take_in


@pytest.mark.parametrize(
    ("agent", "name", "subscribers"),
    [
        (SYNC, "Overcast", 123),
        (FEEDLY, "Feedly", 16),
        ("FreshRSS/1.20 (Linux; https://freshrss.org)", "FreshRSS", 0),
        ("SomethingNew/1.0 (1 subscriber)", "SomethingNew", 1),
        ("", "", 0),
    ],
)
def test_a_reader_is_known_by_its_agent(agent, name, subscribers):
    assert (reader_name(agent).split()[0] if agent else reader_name(agent), subscribers_said(agent)) == (
        name,
        subscribers,
    )


def test_services_count_by_what_they_say_and_apps_by_their_machines(show, count):
    for address in ("192.0.2.1", "192.0.2.2"):
        fetch(show, SYNC, address)
    for address in ("192.0.2.3", "192.0.2.4", "192.0.2.4"):
        fetch(show, "AntennaPod/3.2.0", address)
    fetch(show, "Googlebot/2.1 (+http://www.google.com/bot.html)")
    fetch(show, "AntennaPod/3.2.0", "192.0.2.5", method="head")

    count()

    rows = DailyFeedReader.objects.order_by("reader").values_list("reader", "subscribers", "fetchers")
    assert list(rows) == [("AntennaPod", 0, 2), ("Overcast feed parser", 123, 2)]


def test_each_show_has_its_own_readers(show, count):
    other = make_show()
    fetch(show, SYNC)
    fetch(other, SYNC)

    count()

    assert DailyFeedReader.objects.count() == 2


def test_a_reader_that_comes_a_hundred_times_is_noted_once_and_again_the_next_day(show, settings, monkeypatch):
    now = 1_800_000_000
    monkeypatch.setattr(feed_readers.time, "time", lambda: now)
    for _ in range(100):
        fetch(show, SYNC)
    now += 24 * 3600
    for _ in range(100):
        fetch(show, SYNC)

    notes = [path.read_text().count("\n") for path in (settings.VAR_DIR / "deliveries").glob("*.fetches")]
    assert notes == [1, 1]


def test_a_fetch_that_could_not_be_noted_is_noted_the_next_time(show, settings, count):
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    (settings.VAR_DIR / "deliveries").write_text("a file stands where the folder should")
    fetch(show, SYNC)
    (settings.VAR_DIR / "deliveries").unlink()

    fetch(show, SYNC)

    assert count() == 1


def test_single_fetches_are_forgotten_and_totals_stay(show, count):
    fetch(show, SYNC)
    count()
    (kept,) = FeedFetch.objects.all()

    forget_fetches(kept.day.replace(year=kept.day.year + 1))

    assert FeedFetch.objects.count() == 0
    assert DailyFeedReader.objects.count() == 1
    assert "192.0.2.1" not in str(kept.__dict__)
