"""Test databases named for their process, so that several test runs share one server."""

import os
import re
from typing import Any

from django.db.backends.postgresql import creation

TEST_DATABASE = re.compile(r"test_coproduction_(\d+)(_\w+)?")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        self._drop_left_behind()
        return super().create_test_db(*args, **kwargs)

    def _drop_left_behind(self) -> None:
        """Drop the databases of test runs that were killed. One in use, after all, refuses to go: it stays."""
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database d WHERE datname LIKE 'test\\_coproduction\\_%'"
                " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)"
            )
            for (name,) in cursor.fetchall():
                found = TEST_DATABASE.fullmatch(name)
                if found and not is_alive(int(found[1])):
                    # IF EXISTS: another test run may be sweeping at the same moment.
                    cursor.execute(f"DROP DATABASE IF EXISTS {self.connection.ops.quote_name(name)}")
