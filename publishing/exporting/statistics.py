"""A show's downloads and subscribers as tables for a spreadsheet."""

from downloads.counting.spreadsheets import csv_text
from downloads.models import DailyDownload, DailyFeedReader, DailyListeners
from episodes.models import Show


def downloads_csv(show: Show) -> str:
    rows = (
        DailyDownload.objects.filter(episode__show=show)
        .order_by("day", "episode_id", "app", "device", "place")
        .values_list("day", "episode__guid", "episode__title", "app", "device", "place", "downloads", "rules")
    )
    return csv_text(("day (UTC)", "guid", "episode", "app", "device", "place", "downloads", "rules"), rows)


def listeners_csv(show: Show) -> str:
    rows = DailyListeners.objects.filter(show=show).order_by("day").values_list("day", "listeners")
    return csv_text(("day (UTC)", "different listeners"), rows)


def feed_readers_csv(show: Show) -> str:
    rows = DailyFeedReader.objects.filter(show=show).order_by("day", "reader")
    columns = rows.values_list("day", "reader", "subscribers", "fetchers")
    return csv_text(("day (UTC)", "reader", "subscribers it tells", "machines that came"), columns)
