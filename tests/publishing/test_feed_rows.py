"""A feed is read in as many queries for many episodes as for one, and its items are told apart by their values."""

import pytest
from django.utils import timezone

from episodes.models import Episode
from publishing.rss.feed import build
from publishing.rss.rows import read_items
from tests.factories import make_episode
from tests.publishing.full_show import make_full_episode, make_full_show

pytestmark = pytest.mark.django_db


def test_an_item_has_the_same_fingerprint_with_its_values_and_without():
    show = make_full_show()
    make_full_episode(show)
    make_episode(show)
    now = timezone.now()

    whole = read_items(show.pk, now)

    marks = {row.fingerprint for row in whole}
    again = read_items(show.pk, now, marks)
    assert [row.fingerprint for row in again] == [row.fingerprint for row in whole]
    assert len(marks) == len(whole) > 1
    assert all(row.item for row in whole)
    assert not any(row.item for row in again)


@pytest.mark.parametrize("episodes", [1, 3, 30])
def test_a_build_costs_two_queries_however_many_episodes_and_one_more_for_what_changed(
    show, episodes, django_assert_num_queries
):
    for number in range(episodes):
        make_episode(show, title=f"Episode {number}", show_notes=f"Of *number* {number}.")
    now = timezone.now()

    with django_assert_num_queries(2):
        first = build(show.pk, 1, 1, now)
    Episode.objects.filter(title="Episode 0").update(title="Another")
    with django_assert_num_queries(3):
        second = build(show.pk, 2, 1, now, first)

    assert len(first.items) == len(second.items) == episodes
    assert len({item.content for item in second.items} - {item.content for item in first.items}) == 1
