"""Who reads the feeds, and how many subscribers that stands for."""

import logging
import re
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from downloads.counting.clients import LONGEST_AGENT, AgentClass, identify
from downloads.counting.delivery_notes import address_of, salts
from downloads.counting.spool import FetchNote, Spool, read_notes
from downloads.models import CountedFile, DailyFeedReader, FeedFetch
from episodes.models import Show

logger = logging.getLogger(__name__)

# "Overcast/1.0 Podcast Sync (123 subscribers; feed-id=1; +http://overcast.fm/)": one service that reads for many.
_SUBSCRIBERS = re.compile(r"\b(\d{1,9}) subscribers?\b", re.IGNORECASE)
_MOST_REMEMBERED = 100_000
_DAY_SECONDS = 24 * 3600
_noted_today: dict[tuple[str, int], None] = {}
# The same by Python's own hash, whose key is this process's: a digest for each request would cost what its answer does.
_seen: set[int] = set()


def note_feed_request(meta: Mapping[str, Any], show_id: int) -> None:
    """Write down that a reader came for a show's feed: a hash of who, and its User-Agent. No database; never raises.

    `meta`: the request's headers as WSGI spells them.
    """
    if meta.get("REQUEST_METHOD") != "GET":
        return
    now = time.time()
    who = (meta.get("REMOTE_ADDR"), meta.get("HTTP_X_FORWARDED_FOR"), meta.get("HTTP_USER_AGENT"))
    sight = hash((now // _DAY_SECONDS, show_id, who))
    if sight not in _seen and settings.COUNT_DOWNLOADS and _note(meta, show_id, now):
        if len(_seen) >= _MOST_REMEMBERED:
            _seen.clear()
        _seen.add(sight)


def _note(meta: Mapping[str, Any], show_id: int, now: float) -> bool:
    """Whether the fetch stands in today's notes, by this call or an earlier one."""
    try:
        agent = meta.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]
        client = salts().key(address_of(meta), agent, datetime.fromtimestamp(now, UTC))
        if (client, show_id) in _noted_today:
            return True
        if len(_noted_today) >= _MOST_REMEMBERED:
            _noted_today.clear()
        if _spool_in(Path(settings.VAR_DIR) / "deliveries").write(FetchNote(int(now * 1000), show_id, client, agent)):
            _noted_today[(client, show_id)] = None
            return True
    except (OSError, ValueError) as error:
        logger.warning("A fetch of the feed was not noted: %s", type(error).__name__)
    return False


def _forget_seen(**_: Any) -> None:
    """Another folder for the notes, which tests change to, knows nobody yet."""
    _seen.clear()


setting_changed.connect(_forget_seen)


def count_fetches() -> int:
    """Take in the notes of feed fetches and renew their days' totals; how many came. Safe to run twice."""
    return sum(_take_in(path) for path in _spool_in(Path(settings.VAR_DIR) / "deliveries").finished())


def forget_fetches(today: date | None = None) -> None:
    """Delete single fetches of past days; the day's totals stay."""
    FeedFetch.objects.filter(day__lt=today or timezone.now().date()).delete()


def reader_name(agent: str) -> str:
    """What to call the reader: its name in the lists, else the first word of its User-Agent."""
    client = identify(agent)
    return client.name or re.split(r"[/\s(]", agent.strip(), maxsplit=1)[0][:60]


def subscribers_said(agent: str) -> int:
    """How many subscribers the reader says it reads for; 0 when it does not say."""
    found = _SUBSCRIBERS.search(agent)
    return int(found[1]) if found else 0


def _take_in(path: Path) -> int:
    with transaction.atomic():
        record, is_new = CountedFile.objects.get_or_create(name=path.name, defaults={"notes": 0})
        if is_new:
            shows = set(Show.objects.values_list("id", flat=True))
            fetches = [_fetch(note) for note in read_notes(path, FetchNote) if note.show in shows and _counts(note)]
            FeedFetch.objects.bulk_create(fetches, ignore_conflicts=True)
            for day in {fetch.day for fetch in fetches}:
                _total(day)
            record.notes = len(fetches)
            record.save()
    path.unlink(missing_ok=True)
    return record.notes if is_new else 0


def _counts(note: FetchNote) -> bool:
    """A bot counts only where it reads for people and says for how many."""
    bots = (AgentClass.BOT, AgentClass.NONE, AgentClass.OWN)
    return identify(note.agent).agent_class not in bots or subscribers_said(note.agent) > 0


def _fetch(note: FetchNote) -> FeedFetch:
    return FeedFetch(
        day=datetime.fromtimestamp(note.at_ms / 1000, UTC).date(),
        show_id=note.show,
        client=note.client[:32],
        reader=reader_name(note.agent),
        subscribers=subscribers_said(note.agent),
    )


def _total(day: date) -> None:
    totals = (
        FeedFetch.objects.filter(day=day)
        .values("show_id", "reader")
        .annotate(most=Max("subscribers"), machines=Count("client", distinct=True))
    )
    DailyFeedReader.objects.bulk_create(
        [
            DailyFeedReader(
                day=day,
                show_id=total["show_id"],
                reader=total["reader"],
                subscribers=total["most"],
                fetchers=total["machines"],
            )
            for total in totals
        ],
        update_conflicts=True,
        unique_fields=["day", "show", "reader"],
        update_fields=["subscribers", "fetchers"],
    )


@lru_cache(maxsize=8)
def _spool_in(folder: Path) -> Spool:
    return Spool(folder, "fetches")
