"""Parts, cards and rows that are kept say what they would say anew, and no longer than it is true."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template import Context, Engine
from django.utils import timezone, translation

from episodes.models import Episode
from publishing.pages import rows as page_rows
from publishing.pages.cards import Card, cards_html
from publishing.pages.rows.kept import keep
from publishing.pages.rows.ready_query import ReadyQuery
from publishing.pages.rows.shapes import cards
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def part(source: str):
    return Engine(libraries={"kept": "publishing.templatetags.kept", "i18n": "django.templatetags.i18n"}).from_string(
        "{% load kept i18n %}" + source
    )


def test_a_part_is_written_once_for_its_values():
    template = part("{% kept a %}{{ a }} {{ b }}{% endkept %}")

    written = [template.render(Context({"a": a, "b": b})) for a, b in ((1, "x"), (1, "y"), (2, "y"))]

    assert written == ["1 x", "1 x", "2 y"]


def test_a_part_is_written_once_for_each_language():
    template = part("{% kept %}{% translate 'Episodes' %}{% endkept %}")
    written = []
    for language in ("en", "sv", "en"):
        with translation.override(language):
            written.append(template.render(Context()))

    assert written == ["Episodes", "Avsnitt", "Episodes"]


def test_a_part_forgets_all_when_it_was_written_for_too_many_values(monkeypatch):
    monkeypatch.setattr("publishing.templatetags.kept.MOST_KEPT", 2)
    template = part("{% kept a %}{{ a }}{{ b }}{% endkept %}")

    written = [template.render(Context({"a": a, "b": b})) for b, a in enumerate("ppqrp")]

    assert written == ["p0", "p0", "q2", "r3", "p4"]


def test_a_part_without_a_value_to_know_it_by_is_written_each_time():
    template = part("{% kept a %}{{ b }}{% endkept %}")

    assert [template.render(Context({"a": None, "b": b})) for b in "xy"] == ["x", "y"]


CHANGES = {
    "title": "Another",
    "slug": "another",
    "summary": "Something else.",
    "number": 7,
    "display_number": "E07",
    "kind": Episode.Kind.TRAILER,
    "published_at": timezone.now() - timedelta(days=400),
    "duration_ms": 99 * 60_000,
    "audio_sha256": "f" * 64,
    "audio_mime": "audio/mp4",
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_card_is_written_for_a_changed_episode(show, name):
    episode = make_episode(show)
    before = cards_html(cards(Episode.objects.all()), level=2)
    Episode.objects.filter(pk=episode.pk).update(**{name: CHANGES[name]})

    after = cards_html(cards(Episode.objects.all()), level=2)

    assert after != before


def test_another_card_is_written_for_other_people_chapters_heading_and_language(show):
    episode = make_episode(show, kind=Episode.Kind.TRAILER)
    written = [cards_html(cards(Episode.objects.all()), level=2)]
    written.append(cards_html(cards(Episode.objects.all()), level=3))
    with translation.override("sv"):
        written.append(cards_html(cards(Episode.objects.all()), level=3))
    make_appearance(episode, make_speaker(name="Ann Bell", slug="ann"))
    written.append(cards_html(cards(Episode.objects.all()), level=3))
    make_chapter(episode, 5)
    written.append(cards_html(cards(Episode.objects.all()), level=3))

    assert len(set(written)) == 5


def test_a_card_asks_nothing_more_of_the_database(show, django_assert_num_queries):
    make_appearance(make_episode(show), make_speaker())

    with django_assert_num_queries(1):
        cards_html(cards(Episode.objects.all()), level=2, show_named=True)


def test_equal_cards_are_one_key():
    fields = dict.fromkeys(Card.__slots__, "x")

    assert Card(**fields) == Card(**fields)
    assert hash(Card(**fields)) == hash(Card(**fields))


def test_rows_are_kept_while_the_mark_stands():
    read = iter(range(10))

    found = [keep(mark, "show", lambda: next(read)) for mark in ("a", "a", "b", "b", "a")]

    assert found == [0, 0, 1, 1, 2]


def test_rows_are_kept_up_to_a_number(monkeypatch):
    monkeypatch.setattr("publishing.pages.rows.kept.MOST_KEPT", 2)
    read = iter(range(10))

    found = [keep("one mark", key, lambda: next(read)) for key in "ppqrrp"]

    assert found == [0, 0, 1, 2, 2, 3]


def test_what_was_not_there_is_asked_for_again():
    read = iter([None, "there"])

    assert [keep("mark", "nobody", lambda: next(read)) for _ in range(3)] == [None, "there", "there"]


def test_the_archive_counts_a_new_episode_at_once(client, show):
    make_episode(show)
    assert "1 episode<" in client.get(f"/{show.slug}/episodes/").content.decode()
    make_episode(show).topics.add(make_topic(name="Trust", slug="trust"))

    page = client.get(f"/{show.slug}/episodes/").content.decode()

    assert "2 episodes<" in page
    assert '<option value="trust">Trust</option>' in page


def test_a_plan_that_another_connection_has_is_done_without(show):
    """A pool between site and Postgres gives each statement any connection."""
    make_episode(show, title="One", slug="one")
    ready = ReadyQuery(Episode.objects.published().filter(slug="a stand-in"))
    assert [row.title for row in ready.ask({"a stand-in": "one"})] == ["One"]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    found = [ready.ask({"a stand-in": slug}) for slug in ("one", "two", "one")]

    assert [[row.title for row in rows] for rows in found] == [["One"], [], ["One"]]


def test_a_value_of_a_prepared_question_is_never_read_as_sql(show):
    make_episode(show, slug="one")

    assert page_rows.episode_page(show.slug, "'; DROP TABLE episodes_episode; --") is None
    assert page_rows.episode_page(show.slug, "100%s") is None
    assert page_rows.episode_page(show.slug, "one") is not None


def test_related_episodes_are_those_with_most_in_common(show):
    trust, care, hope = (make_topic(name=name, slug=name.lower()) for name in ("Trust", "Care", "Hope"))
    make_episode(show, slug="own").topics.set([trust, care])
    for days, (slug, topics) in enumerate(
        {"one": [trust], "two": [trust, care], "far": [hope], "old": [care], "older": [trust]}.items()
    ):
        make_episode(show, slug=slug, published_at=timezone.now() - timedelta(days=days + 1)).topics.set(topics)

    found = page_rows.episode_page(show.slug, "own")

    assert [row["slug"] for row in found.related_rows] == ["two", "one", "old"]
