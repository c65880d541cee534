"""The short way to an unchanged feed says exactly what the whole way says, and is taken for nothing else."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from episodes.models import Episode
from publishing.feed.quick import QuickFeed
from tests.factories import make_episode, make_show

pytestmark = pytest.mark.django_db(transaction=True)


class Way:
    """A WSGI application that counts how often the whole way is taken."""

    def __init__(self):
        self.whole = 0
        self.handler = WSGIHandler()
        self.quick = QuickFeed(self)

    def __call__(self, environ, start_response):
        self.whole += 1
        return self.handler(environ, start_response)

    def ask(self, path, method="GET", **headers):
        """Status, headers and body by the short way."""
        environ = RequestFactory().generic(method, path, headers=headers).environ
        said = []
        body = self.quick(environ, lambda status, headers: said.extend((status, headers)))
        content = b"".join(body)
        getattr(body, "close", lambda: None)()
        return int(said[0].split()[0]), dict(said[1]), content


@pytest.fixture
def way(show):
    make_episode(show, title="One")
    way = Way()
    way.ask(f"/{show.slug}/feed.xml")
    way.whole = 0
    return way


SAME = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link", "Content-Type", "Content-Length", "Content-Encoding")
ASKED = [
    {},
    {"Accept-Encoding": "gzip"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"another"', "Accept-Encoding": "br, gzip"},
    {"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"},
    {"If-Modified-Since": "Wed, 01 Jan 2120 00:00:00 GMT"},
    {"Sec-Fetch-Mode": "cors"},
]


@pytest.mark.parametrize("headers", ASKED, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_short_way_says_what_the_whole_way_says(show, way, client, method, headers):
    path = f"/{show.slug}/feed.xml"

    status, said, body = way.ask(path, method, **headers)

    whole = client.generic(method, path, headers=headers)
    assert way.whole == 0
    assert (status, body) == (whole.status_code, whole.content)
    assert {name: said.get(name) for name in SAME} == {name: whole.headers.get(name) for name in SAME}
    assert said["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in said


def test_the_short_way_costs_one_query(show, way, django_assert_num_queries):
    with django_assert_num_queries(1):
        way.ask(f"/{show.slug}/feed.xml")


def test_a_change_is_in_the_next_answer(show, way):
    Episode.objects.update(title="Two")

    _, _, body = way.ask(f"/{show.slug}/feed.xml")

    assert b"<title>Two</title>" in body
    assert way.whole == 1


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/{slug}/feed.xml", "POST", {}),
        ("/{slug}/feed.xml?raw=1", "GET", {}),
        ("/{slug}/feed.xml?page=2", "GET", {}),
        ("/{slug}/feed.xml", "GET", {"Sec-Fetch-Mode": "navigate"}),
        ("/nobody/feed.xml", "GET", {}),
        ("/{slug}/feed.xml/", "GET", {}),
        ("/{slug}/", "GET", {}),
    ],
    ids=str,
)
def test_everything_else_goes_the_whole_way(show, way, path, method, headers):
    way.ask(path.format(slug=show.slug), method, **headers)

    assert way.whole == 1


def test_a_feed_that_moved_goes_the_whole_way_to_its_new_address(db):
    show, way = make_show(moved_to="https://elsewhere.example/feed"), Way()

    answers = [way.ask(f"/{show.slug}/feed.xml")[0] for _ in range(2)]

    assert (answers, way.whole) == ([301, 301], 2)


def test_where_https_is_wanted_plain_http_goes_the_whole_way(show, way, settings):
    settings.SECURE_SSL_REDIRECT = True

    way.ask(f"/{show.slug}/feed.xml")

    assert way.whole == 1
