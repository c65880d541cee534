"""Searches that found nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from transcripts.models import SearchMiss
from transcripts.search import misses

pytestmark = pytest.mark.django_db


def test_the_same_search_is_counted_once_a_day_with_its_number():
    today = timezone.now().date()

    for text in ("Burnout", "burnout ", "BURNOUT", "trust"):
        misses.note_miss(text)

    assert misses.missed_since(today) == [("burnout", 3), ("trust", 1)]


@pytest.mark.parametrize("text", ["", "\x00", "ann@example.org", "call 0123 456 789"])
def test_what_may_be_somebodys_address_or_number_is_not_kept(text):
    misses.note_miss(text)

    assert SearchMiss.objects.count() == 0


def test_a_robot_cannot_fill_the_table(monkeypatch):
    monkeypatch.setattr(misses, "MOST_A_DAY", 3)

    for word in ("a1", "b2", "c3", "d4", "e5", "a1"):
        misses.note_miss(word)

    assert sorted(SearchMiss.objects.values_list("query", "count")) == [("a1", 1), ("b2", 1), ("c3", 1)]


def test_misses_are_forgotten_after_a_year():
    today = timezone.now().date()
    SearchMiss.objects.create(query="old", day=today - timedelta(days=366))
    SearchMiss.objects.create(query="new", day=today)

    assert (misses.forget_old_misses(), SearchMiss.objects.get().query) == (1, "new")


def test_a_number_as_long_as_a_year_is_kept():
    misses.note_miss("care in 2022")
    misses.note_miss("care in 20225")

    assert list(SearchMiss.objects.values_list("query", flat=True)) == ["care in 2022"]
