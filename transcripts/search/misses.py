"""What listeners sought and did not find, counted by day, for the team to learn from."""

from datetime import date, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from transcripts.models import SearchMiss
from transcripts.search.results import SearchQuery

# A robot that tries dictionaries shall not fill the table.
MOST_A_DAY = 500
KEPT_DAYS = 365


def note_miss(text: str) -> None:
    """Count a search that found nothing. Nothing else about it is kept; e-mail addresses and numbers are not either."""
    query = SearchQuery(text).cleaned.casefold()[:100]
    if not query or "@" in query or sum(c.isdigit() for c in query) > 4:
        return
    today = timezone.now().date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transcripts_searchmiss AS seen (query, day, count) "
            "SELECT %s, %s, 1 WHERE (SELECT count(*) FROM transcripts_searchmiss WHERE day = %s) < %s "
            "ON CONFLICT (query, day) DO UPDATE SET count = seen.count + 1",
            [query, today, today, MOST_A_DAY],
        )


def missed_since(first_day: date, most: int = 20) -> list[tuple[str, int]]:
    """(query, how often) from that day on, most frequent first."""
    return missed_between(first_day, timezone.now().date(), most)


def missed_between(first_day: date, last_day: date, most: int = 20) -> list[tuple[str, int]]:
    """(query, how often) on the days from first to last, both included, most frequent first."""
    rows = (
        SearchMiss.objects.filter(day__range=(first_day, last_day))
        .values("query")
        .annotate(times=Sum("count"))
        .order_by("-times", "query")
    )
    return [(row["query"], row["times"]) for row in rows[:most]]


def forget_old_misses() -> int:
    """Delete what is older than a year; how many rows. Runs every night."""
    deleted, _ = SearchMiss.objects.filter(day__lt=timezone.now().date() - timedelta(days=KEPT_DAYS)).delete()
    return deleted
