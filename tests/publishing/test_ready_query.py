"""A ready query finds what its queryset would find now, for other values, in any thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from episodes.models import Episode, Show, ShowStamp
from publishing.pages import rows as page_rows
from publishing.pages.rows import Filters, shapes
from publishing.pages.rows.ready_query import ReadyQuery
from tests.factories import make_appearance, make_episode, make_show, make_speaker

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_asking_has_its_own_values(show):
    make_episode(show, title="One", slug="one")
    make_episode(show, title="Two", slug="two")

    found = [page_rows.episode_page(show.slug, slug) for slug in ("one", "two", "three", "one")]

    assert [row and row.title for row in found] == ["One", "Two", None, "One"]


def test_the_rows_are_those_of_the_queryset_with_what_belongs_to_them(show, django_assert_num_queries):
    make_appearance(make_episode(show, title="One", slug="one"), make_speaker(name="Ann", slug="ann"))
    queryset = Episode.objects.published().filter(slug="a stand-in").select_related("show")

    with django_assert_num_queries(1):
        (found,) = ReadyQuery(queryset).ask({"a stand-in": "one"})
        assert found.show == show

    assert found == Episode.objects.get(slug="one")
    assert [person["name"] for person in page_rows.episode_page(show.slug, "one").people] == ["Ann"]


def test_the_moment_is_that_of_asking(show):
    ready = ReadyQuery(Episode.objects.published())
    episode = make_episode(show, published_at=timezone.now() + timedelta(milliseconds=300))
    assert not ready.ask({})
    while timezone.now() < episode.published_at:
        pass

    assert list(ready.ask({})) == [episode]


def test_an_archive_kept_for_one_show_is_no_other_show_s(show):
    other = make_show(slug="other", type=Show.Type.SERIAL)
    third = make_show(slug="third")
    for one in (show, other, third):
        make_episode(one, title=f"Of {one.slug}")

    listed = [page_rows.archive_page(page_rows.show_page(one.slug), Filters(), 1) for one in (show, other, third)]

    assert [[row.title for row in page.episodes] for page in listed] == [
        [f"Of {one.slug}"] for one in (show, other, third)
    ]
    assert [page.total for page in listed] == [1, 1, 1]


def test_rows_that_say_the_same_have_one_key_until_anything_changes(show):
    episode = make_episode(show, slug="one")
    ready = ReadyQuery(shapes.cards(Episode.objects.published()))
    keys = [ready.ask({}).key, ready.ask({}).key]
    make_appearance(episode, make_speaker(name="Ann"))
    keys.append(ready.ask({}).key)
    Show.objects.update(title="Another")
    keys.append(ready.ask({}).key)

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_key_says_nothing_of_what_stands_apart(show):
    make_episode(show)
    queryset = Episode.objects.published().select_related("show").annotate(stamp=F("show__stamp_row__stamp"))
    ready = ReadyQuery(queryset, apart="stamp")
    before = ready.ask({})
    ShowStamp.objects.update(stamp=F("stamp") + 1)

    after = ready.ask({})

    assert after.key == before.key
    assert after[0].stamp == before[0].stamp + 1


def test_rows_whose_key_is_known_need_not_become_objects(show, monkeypatch):
    make_episode(show)
    made = []
    monkeypatch.setattr(Episode, "from_db", classmethod(lambda *asked: made.append(asked)))

    rows = ReadyQuery(Episode.objects.published()).ask({})

    assert (len(rows), bool(rows.key), made) == (1, True, [])
    assert list(rows) == list(rows) == [None]
    assert len(made) == 1


def test_threads_ask_by_connections_of_their_own(show):
    make_episode(show, title="One", slug="one")
    page_rows.episode_page(show.slug, "one")

    def ask(_):
        try:
            return page_rows.episode_page(show.slug, "one").title
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(12))) == ["One"] * 12
