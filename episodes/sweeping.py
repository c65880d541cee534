"""Find files that no row names any more, and take them away after a time of grace."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db import models
from django.utils import timezone

from episodes.models import SiteReport
from episodes.models.fields import private_storage
from episodes.uploads import ABANDONED_AFTER as UPLOAD_ABANDONED_AFTER
from episodes.uploads import sweep_uploads

logger = logging.getLogger(__name__)

# A listener may be half-way through a replaced file, and a page may name a replaced cover from a cache.
GRACE = timedelta(days=7)
# The row in which a sweep finds what the last one found.
REPORT = "sweep"
ABANDONED_AFTER = timedelta(days=1)
_PUBLIC_FOLDERS = ("artwork", "people", "chapters")
# Pieces of uploads lie in "incoming" and are in no row: those of an upload that goes on are younger.
_PRIVATE_FOLDERS = ("audio", "originals", "incoming")


def sweep(dry_run: bool = False, now: datetime | None = None) -> list[str]:
    """Remove stale uploads, half-written files and files nobody names; what was (or would be) removed.

    A file goes when sweeps of a whole week found it without a name. How old it is says nothing: a cover of last year
    that was replaced an hour ago still stands on pages that are being read.
    """
    gone = [f"{count} abandoned upload(s)" for count in [0 if dry_run else sweep_uploads()] if count]
    now = now or timezone.now()
    for path in _leftovers(now):
        gone.append(path.name)
        if not dry_run:
            path.unlink(missing_ok=True)
    before, still = _unnamed_before(), {}
    for storage, name in _unnamed_files():
        since = before.get(name, now)
        # Its time is asked for last: whoever takes a file into use again renews it.
        if since <= now - GRACE and storage.get_modified_time(name) <= now - GRACE:
            gone.append(name)
            if not dry_run:
                storage.delete(name)
        else:
            still[name] = since.isoformat()
    if not dry_run:
        SiteReport.objects.update_or_create(name=REPORT, defaults={"made_at": now, "facts": {"unnamed_since": still}})
    if gone and not dry_run:
        logger.info("Swept %s files: %s.", len(gone), ", ".join(gone[:20]))
    return gone


def sweep_leftovers() -> None:
    """Remove the temporary files of killed processes on this machine, which may be one of several."""
    for path in _leftovers(timezone.now()):
        path.unlink(missing_ok=True)


def sweep_daily() -> None:
    """The job's door: it takes and gives nothing."""
    sweep()


def _leftovers(now: datetime) -> Iterator[Path]:
    """Temporary files of killed workers: uploads of Django's own, scratch files, partial copies."""
    oldest = (now - ABANDONED_AFTER).timestamp()
    # An upload goes with its row; the file of one whose row went alone, with its owner's account, is left later.
    oldest_upload = (now - 2 * UPLOAD_ABANDONED_AFTER).timestamp()
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    places = [incoming.glob("*.upload*"), Path(settings.MEDIA_DIR).rglob(".*.partial")]
    for place in places:
        for path in place:
            limit = oldest_upload if path.name.startswith("tus-") else oldest
            if path.is_file() and path.stat().st_mtime < limit:
                yield path


def _named_files() -> set[str]:
    """Every name in any file column of any room, history excepted: a returned version brings back words, not files."""
    named: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label == "episodes" and model.__name__.startswith("Historical"):
            continue
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
        for column in columns:
            named.update(model._base_manager.exclude(**{column: ""}).values_list(column, flat=True))
        lists = [field.name for field in model._meta.concrete_fields if field.name.endswith("_renditions")]
        for column in lists:
            for renditions in model._base_manager.values_list(column, flat=True):
                named.update(str(rendition["name"]) for rendition in renditions)
    return named


def _unnamed_files() -> Iterator[tuple[Storage, str]]:
    named = _named_files()
    for storage, folders in ((default_storage, _PUBLIC_FOLDERS), (private_storage(), _PRIVATE_FOLDERS)):
        for folder in folders:
            try:
                _, files = storage.listdir(folder)
            except (FileNotFoundError, NotADirectoryError):
                continue
            names = (f"{folder}/{file}" for file in files if not file.startswith("."))
            yield from ((storage, name) for name in names if name not in named)


def _unnamed_before() -> dict[str, datetime]:
    """Since when each file without a name has been found so, as the last sweep wrote down."""
    report = SiteReport.objects.filter(pk=REPORT).first()
    known = report.facts.get("unnamed_since", {}) if report else {}
    return {name: datetime.fromisoformat(since) for name, since in known.items()}
