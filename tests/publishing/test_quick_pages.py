"""The short way to an unchanged page says exactly what the whole way says, and is taken for nothing else."""

import time
from datetime import timedelta
from itertools import product

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from downloads.delivery.patience import Silent, breaker
from episodes.models import Episode
from publishing.pages import site_state
from publishing.views.answering import STORED_PAGES
from publishing.views.quick_pages import QuickPages
from tests.factories import make_appearance, make_episode, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)


class Way:
    """A WSGI application that counts how often the whole way is taken."""

    def __init__(self):
        self.whole = 0
        self.handler = WSGIHandler()
        self.quick = QuickPages(self)

    def __call__(self, environ, start_response):
        self.whole += 1
        return self.handler(environ, start_response)

    def ask(self, path, method="GET", application=None, **headers):
        """Status, headers without the request's own number, and body."""
        environ = RequestFactory().generic(method, path, headers=headers).environ
        environ["HTTP_HOST"] = headers.get("Host", "testserver")
        said = []
        body = (application or self.quick)(environ, lambda status, headers, *rest: said.extend((status, headers)))
        content = b"".join(body)
        getattr(body, "close", lambda: None)()
        status = int(said[0].split()[0])
        # A 304 speaks of no body; the server takes the body of HEAD away.
        left_out = {"X-Request-ID", *(("Content-Type", "Content-Length") if status == 304 else ())}
        found = {name: value for name, value in said[1] if name not in left_out}
        return status, found, b"" if method == "HEAD" else content


@pytest.fixture
def way(show):
    STORED_PAGES.clear()
    episode = make_episode(show, title="One", slug="one")
    make_appearance(episode, make_speaker(name="Ann", slug="ann"))
    return Way()


PATHS = ["/", "/{show}/", "/{show}/episodes/", "/{show}/one/", "/{show}/one/embed/", "/speakers/ann/", "/privacy/"]
ASKED = [{}, {"Accept-Encoding": "br, gzip"}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}]


@pytest.mark.parametrize("path", PATHS)
def test_the_short_way_says_what_the_whole_way_says(show, way, path):
    path = path.format(show=show.slug)
    for method, headers in product(["GET", "HEAD"], ASKED):
        way.ask(path)
        way.whole = 0

        short = way.ask(path, method, **headers)

        assert way.whole == 0, (method, headers)
        assert short == way.ask(path, method, application=way.handler, **headers), (method, headers)


def test_a_clock_that_is_set_back_closes_what_it_had_opened(show, way, monkeypatch):
    path = f"/{show.slug}/one/"
    way.ask(path)
    opened, now, at = way.ask(path)[0], timezone.now(), time.time()

    monkeypatch.setattr(time, "time", lambda: at - 5 * 3600)
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(hours=5))
    closed = way.ask(path)[0]

    assert (opened, closed) == (200, 404)


def test_a_setting_that_pages_show_makes_them_new(show, way, settings):
    path = f"/{show.slug}/about/"
    known = way.ask(path)[1]["ETag"]
    settings.CONTACT_EMAIL = "found@example.org"
    site_state._release_of_this_process.cache_clear()  # as a start does

    try:
        status, _, body = way.ask(path, **{"If-None-Match": known})
    finally:
        site_state._release_of_this_process.cache_clear()

    assert (status, b"found@example.org" in body) == (200, True)


@pytest.mark.parametrize("room", ["episodes", "transcripts", "downloads", "publishing"])
def test_code_that_pages_are_made_by_makes_them_new(settings, tmp_path, room):
    settings.BASE_DIR = tmp_path
    (tmp_path / room).mkdir()
    before = site_state._count_release()

    (tmp_path / room / "some.py").write_text("# changed")

    assert site_state._count_release() != before


def test_a_change_is_on_the_next_answer(show, way):
    way.ask(f"/{show.slug}/one/")
    Episode.objects.update(title="Two")

    _, _, body = way.ask(f"/{show.slug}/one/")

    assert b'<h1 tabindex="-1">Two</h1>' in body


def test_a_scheduled_episode_is_on_the_page_when_its_hour_has_come(show, way):
    hour = timezone.now() + timedelta(seconds=2)
    make_episode(show, title="In two seconds", slug="two", published_at=hour)
    path = f"/{show.slug}/episodes/"
    before = way.ask(path)[2]
    again = way.ask(path)[2]
    time.sleep(max(0, (hour - timezone.now()).total_seconds()) + 0.05)

    after = way.ask(path)[2]

    assert b"In two seconds" not in before + again
    assert b"In two seconds" in after


def test_a_page_of_one_state_is_not_answered_with_the_mark_of_another(show, way):
    path = f"/{show.slug}/one/"
    way.ask(path)
    first = way.ask(path)[1]["ETag"]
    Episode.objects.update(title="Two")
    way.ask(path)

    second = way.ask(path)[1]["ETag"]

    assert second != first
    assert way.ask(path, **{"If-None-Match": first})[0] == 200
    assert way.ask(path, **{"If-None-Match": second})[0] == 304


def test_a_withdrawn_episode_is_gone_at_once(show, way):
    way.ask(f"/{show.slug}/one/")
    Episode.objects.update(state="withdrawn")

    assert way.ask(f"/{show.slug}/one/")[0] == 404


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/{show}/one/?t=5", "GET", {}),
        ("/{show}/one/", "POST", {}),
        ("/{show}/one/", "GET", {"Host": "elsewhere.example"}),
        ("/search/", "GET", {}),
        ("/nothing/", "GET", {}),
        ("/admin/", "GET", {}),
    ],
)
def test_anything_else_goes_the_whole_way(show, way, path, method, headers):
    for plain in PATHS:
        way.ask(plain.format(show=show.slug))
    way.ask(path.format(show=show.slug), method, **headers)
    way.whole = 0

    way.ask(path.format(show=show.slug), method, **headers)

    assert way.whole == 1


def test_an_unchanged_page_asks_the_database_once(show, way, django_assert_num_queries):
    way.ask(f"/{show.slug}/one/")

    with django_assert_num_queries(1):
        way.ask(f"/{show.slug}/one/", **{"Accept-Encoding": "br"})


def test_that_question_goes_past_djangos_cursor_which_costs_more_than_the_answer(show, way, monkeypatch):
    path = f"/{show.slug}/one/"
    way.ask(path)
    way.whole = 0
    monkeypatch.setattr(connection, "make_cursor", None)

    answers = [way.ask(path) for _ in range(2)]

    assert (way.whole, [status for status, _, _ in answers]) == (0, [200, 200])


def test_a_304_needs_no_page_of_this_process(show, way, django_assert_num_queries):
    _, headers, _ = way.ask(f"/{show.slug}/one/")
    STORED_PAGES.clear()
    way = Way()
    known = {"If-None-Match": headers["ETag"]}
    first = way.ask(f"/{show.slug}/one/", **known)

    with django_assert_num_queries(1):
        second = way.ask(f"/{show.slug}/one/", **known)

    assert second == first == way.ask(f"/{show.slug}/one/", application=way.handler, **known)
    assert (first[0], way.whole) == (304, 1)


def test_after_a_304_only_the_whole_page_has_the_headers_of_one(show, way):
    _, headers, _ = way.ask(f"/{show.slug}/one/")
    way = Way()
    way.ask(f"/{show.slug}/one/", **{"If-None-Match": headers["ETag"]})

    answers = [way.ask(f"/{show.slug}/one/") for _ in range(2)]

    assert answers[0] == answers[1] == way.ask(f"/{show.slug}/one/", application=way.handler)
    assert way.whole == 2  # the 304 and the first page


def test_an_asterisk_is_no_knowledge_of_a_page(show, way):
    way.ask(f"/{show.slug}/one/")
    STORED_PAGES.clear()
    before = way.whole

    way.ask(f"/{show.slug}/one/", **{"If-None-Match": "*"})

    assert way.whole == before + 1


def test_a_silent_database_goes_the_whole_way_which_knows_what_to_do(show, way, monkeypatch):
    def silent(*args, **options):
        raise Silent

    way.ask(f"/{show.slug}/one/")
    way.whole = 0
    monkeypatch.setattr(breaker, "ask", silent)
    monkeypatch.setattr(breaker, "rows", silent)

    way.ask(f"/{show.slug}/one/")

    assert way.whole == 1


def test_who_has_the_last_page_known_is_told_so_while_the_database_is_silent(show, way, monkeypatch):
    def silent(*args, **options):
        raise Silent

    _, headers, _ = way.ask(f"/{show.slug}/one/")
    STORED_PAGES.clear()
    monkeypatch.setattr(breaker, "ask", silent)
    monkeypatch.setattr(breaker, "rows", silent)

    known, other, any_at_all = (
        way.ask(f"/{show.slug}/one/", **{"If-None-Match": etag}) for etag in (headers["ETag"], 'W/"another"', "*")
    )

    assert (known[0], known[1]["Warning"], known[2]) == (304, '110 - "Response is Stale"', b"")
    assert (other[0], any_at_all[0]) == (503, 503)
