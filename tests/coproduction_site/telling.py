"""What a site holds, as values that can be compared with another site's: rows, files, feeds, GUIDs."""

import hashlib
import json

from django.db import connection

from coproduction_site.backup.files import AREAS, all_files, storage_of
from coproduction_site.backup.tables import all_tables
from episodes.models import Episode, Show
from publishing.feed.own import own_pages
from transcripts.models import Segment


def what_is_here() -> dict:
    rows = {}
    with connection.cursor() as cursor:
        for table in all_tables():
            if table.name not in ("django_session", "django_migrations"):
                cursor.execute(
                    f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)), count(*) FROM "{table.name}" t'
                )
                rows[table.name] = list(cursor.fetchone())
    return {
        "guids": sorted(Episode.objects.values_list("guid", flat=True)),
        "feeds": {show.slug: [sha256(page) for page in own_pages(show.slug)] for show in Show.objects.all()},
        "stamps": sorted(map(str, Show.objects.values_list("slug", "stamp_row__stamp"))),
        "rows": rows,
        "files": {f"{area}/{name}": file_sha256(area, name) for area in AREAS for name in all_files(area)},
        "searchable": Segment.objects.filter(text__contains="Hello").count(),
    }


def tell() -> None:
    print("TOLD" + json.dumps(what_is_here()))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_sha256(area: str, name: str) -> str:
    with storage_of(area).open(name) as file:
        return sha256(file.read())
