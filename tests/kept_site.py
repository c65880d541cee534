"""The rows and files of a site that was made once in this process, put back where another test begins with it.

Drawing a cover and its sizes and measuring a voice takes seconds of processor time, which few tests are about.
"""

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from publishing.example import load_example

# Django fills them by itself whenever it has emptied the tables, with other numbers each time.
_FILLED_BY_DJANGO = {"auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
                     "django_migrations"}  # fmt: skip


class KeptSite:
    """What `make` made the first time, in the database and the MEDIA_DIR of the test that asks.

    In a database where this role may not leave triggers and keys alone for a while, it is made anew each time.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._rows: dict[str, str] = {}
        self._files: tempfile.TemporaryDirectory[str] | None = None

    def put(self) -> None:
        if self._files is None:
            self._make()
            if connection.settings_dict.get("EMBEDDED"):
                self._take()
        else:
            self._put_back(Path(self._files.name))

    def _take(self) -> None:
        self._files = tempfile.TemporaryDirectory(prefix="coproduction-kept-")
        shutil.copytree(settings.MEDIA_DIR, self._files.name, dirs_exist_ok=True)
        with connection.cursor() as cursor:
            for table in set(connection.introspection.table_names(cursor)) - _FILLED_BY_DJANGO:
                told = io.StringIO()
                cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} TO STDOUT", told)
                if told.getvalue():
                    self._rows[table] = told.getvalue()

    def _put_back(self, files: Path) -> None:
        shutil.copytree(files, settings.MEDIA_DIR, dirs_exist_ok=True)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no order among the tables, no triggers
            for table, told in self._rows.items():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # what migrations put there
                cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} FROM STDIN", io.StringIO(told))
            cursor.execute("SET LOCAL session_replication_role = origin")  # the test may be one transaction with this


EXAMPLE = KeptSite(load_example)
