"""Delivery notes made requests, each once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from downloads.counting.spool import DeliveryNote, read_notes
from downloads.models import CountedFile, Request
from episodes.models import Episode

_BATCH = 2000


def take_in_file(path: Path) -> int:
    """Make a spool file's notes into requests and delete it; how many were new."""
    with transaction.atomic():
        record, is_new = CountedFile.objects.get_or_create(name=path.name, defaults={"notes": 0})
        if is_new:
            notes = ((f"{path.name}:{line}", note) for line, note in enumerate(read_notes(path, DeliveryNote)))
            record.notes = take_in(notes)
            record.save()
    path.unlink(missing_ok=True)
    return record.notes if is_new else 0


def take_in(notes: Iterable[tuple[str, DeliveryNote]]) -> int:
    """Store notes, each with its origin, as requests to be judged; how many were new.

    Notes of days whose requests are already forgotten, of the future, or of episodes that are gone, are left out.
    """
    oldest = first_kept_day()
    newest = timezone.now().date() + timedelta(days=1)
    episodes = set(Episode.objects.values_list("id", flat=True))
    new = 0
    source = iter(notes)
    while batch := list(islice(source, _BATCH)):
        rows = [
            row
            for row in (_request(origin, note) for origin, note in batch if note.episode in episodes)
            if oldest <= row.day <= newest
        ]
        known = set(Request.objects.filter(origin__in=[row.origin for row in rows]).values_list("origin", flat=True))
        fresh = list({row.origin: row for row in rows if row.origin not in known}.values())
        Request.objects.bulk_create(fresh, ignore_conflicts=True)
        new += len(fresh)
    return new


def first_kept_day(today: date | None = None) -> date:
    """The oldest UTC day of which all requests are kept."""
    return (today or timezone.now().date()) - timedelta(days=settings.DOWNLOAD_REQUEST_DAYS)


def _request(origin: str, note: DeliveryNote) -> Request:
    at = datetime.fromtimestamp(note.at_ms / 1000, UTC)
    return Request(
        origin=origin,
        day=at.date(),
        at=at,
        episode_id=note.episode,
        audio=note.audio[:8],
        audio_bytes=note.audio_bytes,
        needed=note.needed,
        client=note.client[:32],
        agent=note.agent[:400],
        place=note.place[:60],
        method=note.method[:8],
        status=note.status,
        first=note.first,
        asked_last=note.asked_last,
        sent=note.sent,
        data_centre=note.data_centre,
        source=note.source[:8],
    )
