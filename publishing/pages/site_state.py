"""One mark that moves with everything the public pages show: the key of their caches."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.utils import timezone

# Per show the newest date that has come: an index answers it, and a scheduled episode moves the mark at its minute.
_STATE = """
SELECT coalesce(sum(row.stamp), 0), count(*), max(newest.published_at), coalesce(sum(newest.published), 0)
FROM episodes_showstamp row
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM published_at)::numeric AS published, published_at
    FROM episodes_episode
    WHERE show_id = row.show_id AND state = 'public' AND deleted_at IS NULL AND published_at <= now()
    ORDER BY published_at DESC LIMIT 1
) newest ON true
"""


def read_site_mark() -> str:
    """A short text that differs after any change of a show, its episodes, people, topics or words; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        row = cursor.fetchone()
    # Counted downloads move no stamp: where pages show them, an hour is how old a number may be.
    hour = (f"{timezone.now():%Y%m%d%H}",) if settings.SHOW_DOWNLOAD_TOTALS else ()
    return "-".join(str(value) for value in (*row, *hour))


def release_mark() -> str:
    """The mark of the code that makes the pages; counted once, or anew each time while DEBUG is on."""
    return _count_release() if settings.DEBUG else _release_of_this_process()


@cache
def _release_of_this_process() -> str:
    return _count_release()


def _count_release() -> str:
    """Of templates, our own room, translations and the names of the static files; settings that pages show."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    for folder, pattern in ((base / "templates", "*.html"), (base / "publishing", "*.py"), (base / "locale", "*.mo")):
        for path in sorted(folder.rglob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(repr(sorted(getattr(staticfiles_storage, "hashed_files", {}).items())).encode())
    digest.update(repr((settings.SITE_URL, settings.SITE_NAME, settings.LANGUAGE_CODE)).encode())
    return digest.hexdigest()[:12]
