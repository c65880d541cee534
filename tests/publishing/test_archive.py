"""The list of all episodes, and what narrows it."""

import pytest
from django.urls import reverse

from tests.factories import (
    make_appearance,
    make_draft,
    make_episode,
    make_season,
    make_show,
    make_speaker,
    make_topic,
)
from tests.publishing.reading_pages import give_words, select, texts

pytestmark = pytest.mark.django_db


def test_the_archive_narrows_by_season_topic_person_year_and_transcript(client, show):
    season, topic, speaker = make_season(show, number=2), make_topic(slug="trust"), make_speaker(slug="ann")
    wanted = make_episode(show, title="Wanted", season=season)
    wanted.topics.add(topic)
    make_appearance(wanted, speaker)
    give_words(wanted)
    make_episode(show, title="Other", season=make_season(show, number=1))
    path = reverse("publishing:episodes", args=[show.slug])
    year = wanted.published_at.year

    found = {
        query: texts(client.get(f"{path}?{query}"), ".card-title")
        for query in ("season=2", "topic=trust", "speaker=ann", "transcript=yes", f"season=2&year={year}", "year=1999")
    }

    assert found.pop("year=1999") == []
    assert set(map(tuple, found.values())) == {("Wanted",)}


def test_an_archive_without_anything_offers_nothing_to_choose_from(client, show):
    empty = client.get(f"/{show.slug}/episodes/").content.decode()
    make_episode(show)
    with_one = client.get(f"/{show.slug}/episodes/").content.decode()

    assert "The first episode is on its way." in empty
    assert 'class="filters"' not in empty
    assert "0 episodes" not in empty
    assert 'class="filters"' in with_one
    assert "1 episode" in with_one


def test_the_archive_has_real_pages_and_an_end(client, show):
    for number in range(23):
        make_episode(show, number=number)
    path = reverse("publishing:episodes", args=[show.slug])

    pages = [client.get(f"{path}?page={number}") for number in (1, 2, 3)]

    assert [page.status_code for page in pages] == [200, 200, 404]
    assert [len(texts(page, ".card-title")) for page in pages[:2]] == [20, 3]
    assert len({*texts(pages[0], ".card-title"), *texts(pages[1], ".card-title")}) == 23
    assert select(pages[0], 'a[rel="next"]')[0].get("href") == "?page=2"


def test_the_archive_offers_only_who_is_heard_in_this_show(client, show):
    other = make_show(slug="other-show", title="Another show")
    for number in range(3):
        make_speaker(name=f"Nobody {number}", slug=f"nobody-{number}")
    here, there, hidden = (
        make_speaker(name=name, slug=name.lower(), hidden=name == "Hilda") for name in ("Ann", "Bo", "Hilda")
    )
    make_appearance(make_episode(show), here)
    make_appearance(make_episode(show), hidden)
    make_appearance(make_episode(other, slug="elsewhere"), there)
    make_appearance(make_draft(show), there)

    page = client.get(f"{show.get_absolute_url()}episodes/")

    assert texts(page, "select[name='speaker'] option") == ["All", "Ann"]
