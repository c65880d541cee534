"""Downloads and subscribers as tables that a spreadsheet opens and never runs."""

import csv
import io
from collections.abc import Iterable

from downloads.models import DailyDownload, DailyFeedReader, DailyListeners
from episodes.models import Show

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def downloads_csv(show: Show) -> str:
    rows = (
        DailyDownload.objects.filter(episode__show=show)
        .order_by("day", "episode_id", "app", "device", "place")
        .values_list("day", "episode__guid", "episode__title", "app", "device", "place", "downloads", "rules")
    )
    return _csv(("day (UTC)", "guid", "episode", "app", "device", "place", "downloads", "rules"), rows)


def listeners_csv(show: Show) -> str:
    rows = DailyListeners.objects.filter(show=show).order_by("day").values_list("day", "listeners")
    return _csv(("day (UTC)", "different listeners"), rows)


def feed_readers_csv(show: Show) -> str:
    rows = DailyFeedReader.objects.filter(show=show).order_by("day", "reader")
    columns = rows.values_list("day", "reader", "subscribers", "fetchers")
    return _csv(("day (UTC)", "reader", "subscribers it tells", "machines that came"), columns)


def _csv(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return out.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets a mark before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
