"""The numbers a team looks at: each panel is one question, one or two queries, one table."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from downloads.counting.charts import Line, bars, dash_sample, lines
from downloads.counting.clients import identify
from downloads.counting.iab import Reason
from downloads.models import DailyDownload, DailyExclusion, DailyFeedReader, DailyListeners
from episodes.models import Episode

MOST_ROWS = 50
FIRST_DAYS = (7, 30, 90)
_PLACES = {"": "Apps and direct", "site": "This site", "embed": "Embedded player"}


@dataclass(frozen=True)
class Period:
    """UTC days from `first` to `last`, both included; of one show or episode, or of all."""

    first: date
    last: date
    show: int | None = None
    episode: int | None = None

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Panel:
    """One question answered: a table, perhaps a chart above it. `chart` and `marks` are SVG of our own making."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple]
    note: str = ""
    chart: str = ""
    marks: list[str] = field(default_factory=list)


PanelMaker = Callable[[Period], Panel]
_further: list[PanelMaker] = []


def register_panel(maker: PanelMaker) -> PanelMaker:
    """Let a room above show a panel of its own, such as what people searched for; asked at each view."""
    if maker not in _further:
        _further.append(maker)
    return maker


def panels(period: Period) -> list[Panel]:
    """All panels for the period, in the order they are shown."""
    makers: list[PanelMaker] = [
        by_day,
        by_episode,
        first_days,
        by_app,
        by_device,
        by_place,
        listeners,
        feed_readers,
        not_counted,
        *_further,
    ]
    return [maker(period) for maker in makers]


def total(period: Period) -> int:
    """Downloads in the period."""
    return _downloads(period).aggregate(all=Sum("downloads"))["all"] or 0


def public_total(episode_id: int) -> int | None:
    """The episode's downloads for its public page; None unless SHOW_DOWNLOAD_TOTALS is on."""
    if not settings.SHOW_DOWNLOAD_TOTALS:
        return None
    return DailyDownload.objects.filter(episode_id=episode_id).aggregate(all=Sum("downloads"))["all"] or 0


def by_day(period: Period) -> Panel:
    """Downloads of each day; one query."""
    counted = dict(_downloads(period).values_list("day").annotate(Sum("downloads")).order_by("day"))
    days = period.days
    values = [counted.get(day, 0) for day in days]
    return Panel(
        "days",
        "Downloads by day",
        ("Day (UTC)", "Downloads"),
        [(day, value) for day, value in zip(days, values, strict=True)][::-1],
        chart=bars([f"{day:%-d %b}" for day in days], values, f"Downloads by day: {sum(values)} in all"),
    )


def by_episode(period: Period) -> Panel:
    """The episodes that were downloaded most; one query."""
    found = (
        _downloads(period)
        .values_list("episode__title", "episode__show__title")
        .annotate(downloads=Sum("downloads"))
        .order_by("-downloads", "episode__title")[:MOST_ROWS]
    )
    return Panel("episodes", "Downloads by episode", ("Episode", "Show", "Downloads"), list(found))


def first_days(period: Period) -> Panel:
    """How the newest episodes did from their publication on, on one axis; two queries."""
    newest = Episode.objects.published().filter(_of_episodes(period, "")).newest_first()[:10]
    episodes = list(newest.values_list("id", "title", "published_at"))
    age = F("day") - TruncDate("episode__published_at")
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    found = (
        DailyDownload.objects.filter(episode__in=[one[0] for one in episodes])
        .annotate(age=age)
        .filter(age__gte=timedelta(0), age__lt=timedelta(days=FIRST_DAYS[-1]))
        .values_list("episode_id", "age")
        .annotate(Sum("downloads"))
    )
    for episode, days, downloads in found:
        counted[episode][days.days] = downloads
    today = timezone.now().date()
    drawn: list[Line] = []
    rows: list[tuple] = []
    marks: list[str] = []
    for episode, title, published_at in episodes:
        old = min((today - published_at.date()).days + 1, FIRST_DAYS[-1])
        sums = list(accumulate(counted[episode].get(day, 0) for day in range(old)))
        drawn.append(Line(title, tuple(float(value) for value in sums)))
        marks.append(dash_sample(len(rows)))
        rows.append((title, published_at.date(), *(sums[days - 1] if old >= days else None for days in FIRST_DAYS)))
    return Panel(
        "first-days",
        "The first days of the newest episodes",
        ("Episode", "Published", *(f"First {days} days" for days in FIRST_DAYS)),
        rows,
        note="Empty where an episode is not yet so old.",
        chart=lines(drawn, "Downloads of the newest episodes, added up day by day from publication", "day"),
        marks=marks,
    )


def by_app(period: Period) -> Panel:
    return _by(period, "app", "apps", "Apps", ("App", "Downloads"), "An unknown app")


def by_device(period: Period) -> Panel:
    return _by(period, "device", "devices", "Devices", ("Device", "Downloads"), "Not told")


def by_place(period: Period) -> Panel:
    """Where listening began: apps, this site, its embedded player, web players; one query."""
    found = _by(period, "place", "places", "Site, embedded player and apps", ("Place", "Downloads"), "")
    return Panel(
        found.name,
        found.title,
        found.columns,
        [(_PLACES.get(place, place), downloads) for place, downloads in found.rows],
    )


def listeners(period: Period) -> Panel:
    """Different listeners of each day; one query. Days cannot be added up: the key that tells them apart is daily."""
    rows = DailyListeners.objects.filter(day__range=(period.first, period.last))
    if period.show:
        rows = rows.filter(show_id=period.show)
    found = rows.values_list("day").annotate(Sum("listeners")).order_by("-day")
    return Panel(
        "listeners",
        "Listeners by day",
        ("Day (UTC)", "Listeners"),
        list(found),
        note="Of whole shows. A listener of two days is counted on both, so days cannot be added up.",
    )


def feed_readers(period: Period) -> Panel:
    """Who read the feed on the last whole day of the period, and for how many; one query.

    A service that says for how many it reads counts as so many subscribers, any other reader as its machines.
    """
    last_whole = min(period.last, timezone.now().date() - timedelta(days=1))
    rows = DailyFeedReader.objects.filter(day=last_whole)
    if period.show:
        rows = rows.filter(show_id=period.show)
    by_reader: dict[str, int] = defaultdict(int)
    for reader, subscribers, fetchers in rows.values_list("reader", "subscribers", "fetchers"):
        by_reader[reader] += subscribers or fetchers
    ordered = sorted(by_reader.items(), key=lambda pair: (-pair[1], pair[0]))
    subscribers_in_all = sum(by_reader.values())
    return Panel(
        "feed-readers",
        f"Feed readers: about {subscribers_in_all} subscribers",
        ("Reader", "Subscribers"),
        [(reader or "Unknown", number) for reader, number in ordered[:MOST_ROWS]],
        note=f"On {last_whole:%-d %B %Y}. An estimate: services say for how many people they read; apps that fetch the "
        "feed from each phone are counted by their machines. Browsers and unknown bots are not subscribers.",
    )


def not_counted(period: Period) -> Panel:
    """Requests that are no downloads, by reason; one query."""
    rows = DailyExclusion.objects.filter(day__range=(period.first, period.last)).filter(_of_episodes(period))
    found = rows.values_list("reason").annotate(times=Sum("requests")).order_by("-times", "reason")
    return Panel(
        "not-counted",
        "Requests that were not counted",
        ("Why", "Requests"),
        [(Reason(reason).label, times) for reason, times in found],
        note="Downloads are counted by the rules of the IAB Tech Lab: a minute of audio delivered, one for each "
        "listener and episode on a UTC day, no bots.",
    )


def explain(agent: str) -> str:
    """In words what a User-Agent was taken for."""
    client = identify(agent)
    return ", ".join(part for part in (client.name, client.device, client.agent_class.value) if part)


def _by(period: Period, column: str, name: str, title: str, columns: tuple[str, ...], unknown: str) -> Panel:
    found = _downloads(period).values_list(column).annotate(downloads=Sum("downloads")).order_by("-downloads", column)
    return Panel(name, title, columns, [(value or unknown, downloads) for value, downloads in found[:MOST_ROWS]])


def _downloads(period: Period) -> QuerySet[DailyDownload]:
    return DailyDownload.objects.filter(day__range=(period.first, period.last)).filter(_of_episodes(period))


def _of_episodes(period: Period, prefix: str = "episode__") -> Q:
    """The period's show and episode as a condition on rows that have an episode, or on episodes themselves."""
    condition = Q()
    if period.show:
        condition &= Q(**{f"{prefix}show_id": period.show})
    if period.episode:
        condition &= Q(**{f"{prefix}id": period.episode})
    return condition
