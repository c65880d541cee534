"""From requests to downloads: each day judged and added up, for as long as its requests are kept."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from downloads.counting import delivery_notes
from downloads.counting.clients import AgentClass, Client, identify
from downloads.counting.iab import RULES_VERSION, Hit, Reason, judge
from downloads.counting.intake import first_kept_day, take_in_file
from downloads.models import CountedFile, DailyDownload, DailyExclusion, DailyListeners, Request

_BATCH = 2000
_JUDGED_BY = (
    *("id", "at", "audio", "client", "agent", "place", "method", "status", "first", "asked_last", "sent", "needed"),
    *("data_centre", "reason", "rules"),
)


def count_new() -> int:
    """Take in every finished file of notes and count what it changes; how many requests came. Safe to run twice."""
    taken = sum(take_in_file(path) for path in delivery_notes.spool().finished())
    count_unjudged()
    return taken


def count_unjudged() -> set[tuple[date, int]]:
    """Judge every day and episode to which a request was added; which those were."""
    pairs = set(Request.objects.filter(reason="").values_list("day", "episode_id").distinct())
    for day in sorted({day for day, _ in pairs}):
        count_day(day, sorted(episode for of_day, episode in pairs if of_day == day))
    return pairs


def count_day(day: date, episodes: Iterable[int]) -> None:
    """Judge a day's requests for these episodes anew, and replace the totals made from them."""
    with transaction.atomic():
        _one_at_a_time(day)
        for episode in episodes:
            _count_episode(day, episode)
        _count_listeners(day)


def recount() -> dict[date, tuple[int, int]]:
    """Judge all kept requests anew by today's rules; downloads per day before and after, for the days kept whole."""
    days = list(
        Request.objects.filter(day__gte=first_kept_day()).values_list("day", flat=True).distinct().order_by("day")
    )
    before = _totals(days)
    for day in days:
        # Also episodes that had downloads that day: their requests may all have been judged away.
        episodes = set(Request.objects.filter(day=day).values_list("episode_id", flat=True))
        count_day(day, sorted(episodes))
    after = _totals(days)
    return {day: (before.get(day, 0), after.get(day, 0)) for day in days}


def forget(today: date | None = None) -> int:
    """Delete requests older than DOWNLOAD_REQUEST_DAYS, whole days at a time, and past days' keys; how many went."""
    oldest = first_kept_day(today)
    count_unjudged()
    gone, _ = Request.objects.filter(day__lt=oldest).delete()
    CountedFile.objects.filter(taken_at__lt=datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC)).delete()
    delivery_notes.salts().forget_before(today or timezone.now().date())
    return gone


def _count_episode(day: date, episode: int) -> None:
    hits: list[Hit] = []
    rows: dict[int, tuple[str, str, tuple[str, str]]] = {}
    # Rows without model objects: a busy day has a hundred thousand.
    found = Request.objects.filter(day=day, episode_id=episode).values_list(*_JUDGED_BY, named=True)
    for row in found.iterator(chunk_size=_BATCH):
        rows[row.id] = (row.agent, row.place, (row.reason, row.rules))
        hits.append(
            Hit(
                id=row.id,
                at=row.at,
                episode=episode,
                audio=row.audio,
                client=row.client,
                agent=identify(row.agent).agent_class,
                method=row.method,
                status=row.status,
                first=row.first,
                asked_last=row.asked_last,
                sent=row.sent,
                needed=row.needed,
                data_centre=row.data_centre,
            )
        )
    verdicts = judge(hits)
    _store_verdicts(verdicts, {row: judged for row, (_, _, judged) in rows.items()})
    counted = Counter(
        (*_app_and_device(identify(rows[hit][0])), rows[hit][1])
        for hit, reason in verdicts.items()
        if reason is Reason.DOWNLOAD
    )
    DailyDownload.objects.filter(day=day, episode_id=episode).delete()
    DailyDownload.objects.bulk_create(
        DailyDownload(
            day=day, episode_id=episode, app=app, device=device, place=place, downloads=downloads, rules=RULES_VERSION
        )
        for (app, device, place), downloads in sorted(counted.items())
    )
    DailyExclusion.objects.filter(day=day, episode_id=episode).delete()
    DailyExclusion.objects.bulk_create(
        DailyExclusion(day=day, episode_id=episode, reason=reason, requests=requests)
        for reason, requests in sorted(Counter(verdicts.values()).items())
        if reason is not Reason.DOWNLOAD
    )


def _store_verdicts(verdicts: dict[int, Reason], judged: dict[int, tuple[str, str]]) -> None:
    """Write the reasons that changed, many rows at a time."""
    changed: dict[Reason, list[int]] = {}
    for row, reason in verdicts.items():
        if judged[row] != (reason.value, RULES_VERSION):
            changed.setdefault(reason, []).append(row)
    for reason, ids in changed.items():
        for some in _batches(ids):
            Request.objects.filter(id__in=some).update(reason=reason, rules=RULES_VERSION)


def _count_listeners(day: date) -> None:
    """Count each show's different listeners of the day anew."""
    counted = Request.objects.filter(day=day, reason=Reason.DOWNLOAD)
    listeners: Counter[int] = Counter()
    for show, _client in counted.values_list("episode__show_id", "client").distinct():
        listeners[show] += 1
    DailyListeners.objects.filter(day=day).delete()
    DailyListeners.objects.bulk_create(
        DailyListeners(day=day, show_id=show, listeners=number) for show, number in listeners.items()
    )


def _app_and_device(client: Client) -> tuple[str, str]:
    name = client.name
    if client.agent_class is AgentClass.LIBRARY:
        name = f"{client.name} (library)"
    return name[:120], client.device[:120]


def _totals(days: list[date]) -> dict[date, int]:
    found = DailyDownload.objects.filter(day__in=days).values_list("day").annotate(Sum("downloads"))
    return dict(found)


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _one_at_a_time(day: date) -> None:
    """Let two jobs that count the same day follow one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x70D, day.toordinal()])
