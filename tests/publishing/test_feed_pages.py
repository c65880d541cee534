"""Long feeds come in pages by RFC 5005; a person in a browser gets a page to read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from publishing.rss.feed_file import cut_pages
from tests.factories import make_episode
from tests.publishing.reading_feeds import NAMES, parse, read_feed

pytestmark = pytest.mark.django_db


def make_episodes(show, count, **over):
    now = timezone.now()
    return [make_episode(show, title=str(n), published_at=now - timedelta(days=n), **over) for n in range(1, count + 1)]


def links(feed):
    """By their rel, without what all have in common."""
    found = {link.get("rel"): link.get("href") for link in feed.channel.findall("atom:link", NAMES)}
    return {rel: href.rpartition("/")[2] for rel, href in found.items()}


def test_a_short_feed_is_one_page_without_links(show):
    make_episodes(show, 3)

    assert links(read_feed(show)) == {"self": "feed.xml"}


def test_pages_lead_to_every_item_once_and_newest_first(show):
    show.feed_limit = 2
    show.save()
    make_episodes(show, 5)

    titles, page, seen = [], "feed.xml", []
    while page:
        feed = read_feed(show, **({"page": page.rpartition("=")[2]} if "=" in page else {}))
        titles.append(feed.titles)
        seen.append(links(feed))
        page = links(feed).get("next")

    assert titles == [["1", "2"], ["3", "4"], ["5"]]
    assert seen == [
        {"self": "feed.xml", "first": "feed.xml", "next": "feed.xml?page=2", "last": "feed.xml?page=3"},
        {
            "self": "feed.xml?page=2",
            "first": "feed.xml",
            "previous": "feed.xml",
            "prev": "feed.xml",
            "next": "feed.xml?page=3",
            "last": "feed.xml?page=3",
        },
        {
            "self": "feed.xml?page=3",
            "first": "feed.xml",
            "previous": "feed.xml?page=2",
            "prev": "feed.xml?page=2",
            "last": "feed.xml?page=3",
        },
    ]


def test_without_a_limit_a_page_holds_what_fits_in_a_megabyte(show, client):
    make_episodes(show, 40, show_notes="wörter " * 6000)

    sizes, titles, number = [], [], 1
    while (answer := client.get(f"/{show.slug}/feed.xml", {"page": number})).status_code == 200:
        sizes.append(len(answer.content))
        titles += parse(answer.content).titles
        number += 1

    assert max(sizes) <= 1_000_000
    assert len(sizes) == 2
    assert titles == [str(n) for n in range(1, 41)]


@pytest.mark.parametrize(
    ("sizes", "limit", "most", "pages"),
    [
        ([], None, 100, [0]),
        ([], 5, 100, [0]),
        ([10, 10, 10], None, 30, [3]),
        ([10, 10, 10], None, 29, [2, 1]),
        ([500, 10], None, 100, [1, 1]),
        ([10, 500, 10], None, 100, [1, 1, 1]),
        ([10, 10, 10], 2, 1, [2, 1]),
        ([10, 10], 2, 1, [2]),
    ],
)
def test_pages_are_cut_by_number_or_by_size(sizes, limit, most, pages):
    assert cut_pages(sizes, limit, most) == pages


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "", "1e3", "99999999999999999999", "²", "1 "])
def test_a_page_that_is_not_there_is_not_found(show, client, number):
    make_episode(show)

    assert client.get(f"/{show.slug}/feed.xml", {"page": number}).status_code == 404


def test_each_page_has_an_etag_of_its_own(show, client):
    show.feed_limit = 1
    show.save()
    make_episodes(show, 2)

    first, second = (client.get(f"/{show.slug}/feed.xml?page={n}") for n in (1, 2))

    assert first["ETag"] != second["ETag"]
    again = client.get(f"/{show.slug}/feed.xml?page=2", headers={"If-None-Match": second["ETag"]})
    assert again.status_code == 304
    assert second["Link"] == f'<http://testserver/{show.slug}/feed.xml?page=2>; rel="self"'


NAVIGATING = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_person_in_a_browser_gets_a_page_at_the_same_address(show, client):
    make_episode(show)

    response = client.get(f"/{show.slug}/feed.xml", headers=NAVIGATING)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert f"/{show.slug}/feed.xml" in response.content.decode()
    assert {"Accept-Encoding", "Sec-Fetch-Mode"} <= {name.strip() for name in response["Vary"].split(",")}
    assert response.cookies == {}


def test_a_person_who_asks_for_it_gets_the_xml(show, client):
    make_episode(show)

    response = client.get(f"/{show.slug}/feed.xml?raw=1", headers=NAVIGATING)

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Accept": "text/html"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "no-cors"}, {"User-Agent": "Mozilla"}],
    ids=str,
)
def test_an_app_always_gets_xml_whatever_else_it_says(show, client, headers):
    response = client.get(f"/{show.slug}/feed.xml", headers=headers)

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"


def test_the_mark_of_the_page_does_not_pass_for_the_mark_of_the_feed(show, client):
    make_episode(show)
    page = client.get(f"/{show.slug}/feed.xml", headers=NAVIGATING)

    feed = client.get(f"/{show.slug}/feed.xml", headers={"If-None-Match": page["ETag"]})

    assert feed.status_code == 200
