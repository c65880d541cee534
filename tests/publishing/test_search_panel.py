"""What listeners sought and did not find, among the statistics."""

from datetime import date

import pytest

from downloads.counting.statistics import Period, panels
from publishing.search_panel import searched_in_vain
from transcripts.models import SearchMiss


@pytest.mark.django_db
def test_the_team_sees_what_was_searched_in_vain_in_the_period():
    for day, query, count in [(1, "burnout", 2), (2, "burnout", 1), (2, "trust", 1), (9, "later", 9)]:
        SearchMiss.objects.create(query=query, day=date(2026, 11, day), count=count)
    period = Period(date(2026, 11, 1), date(2026, 11, 2))

    panel = searched_in_vain(period)

    assert panel.rows == [("burnout", 3), ("trust", 1)]
    assert panel in panels(period)
