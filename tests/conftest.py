"""What every test may ask for: a show, files in a folder that goes away."""

import threading
import time

import hypothesis
import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils.functional import empty
from xdist.scheduler import LoadScopeScheduling

from episodes.models.fields import private_storage
from publishing.views.search import SEARCHES
from tests import factories

# On a busy machine an example may take its time; what must be quick has a test of its own that says how quick.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


# What waits for real servers waits while the rest works, in processes of their own.
GROUPS = {"browser": "browser", "coproduction_site": "sites", "episodes": "rooms", "publishing": "rooms",
          "transcripts": "rooms"}  # fmt: skip


class Groups(LoadScopeScheduling):
    """Each group is whole in one process, so that pytest-django's order of its tests stays."""

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.removeprefix("tests/").split("/")[0], "servers")


def pytest_xdist_make_scheduler(config, log):
    return Groups(config, log)


_TRUNCATE = DatabaseOperations.sql_flush


def _delete_rows(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    """Statements that empty these tables as TRUNCATE does; where few hold rows, deleting costs a tenth of it."""
    if not tables or reset_sequences or not connection.settings_dict.get("EMBEDDED"):  # it takes a superuser
        return _TRUNCATE(self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
    return [
        "SET LOCAL session_replication_role = replica",  # no order among the tables, no triggers: as with TRUNCATE
        "; ".join(f"DELETE FROM {self.quote_name(table)}" for table in sorted(tables)),
    ]


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_quickly():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _delete_rows)
        yield


@pytest.fixture(autouse=True)
def answers_are_given(request):
    """No thread of the live server still asks the database when it is emptied after the test."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")  # so that this fixture's end comes before the emptying
    yield
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]:
            return
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    """Uploads of one test lie in its own folder; the private storage remembers its place, so it is looked up anew."""
    settings.MEDIA_DIR = tmp_path / "media"
    settings.MEDIA_ROOT = settings.MEDIA_DIR / "public"
    settings.PRIVATE_MEDIA_ROOT = settings.MEDIA_DIR / "private"
    settings.VAR_DIR = tmp_path / "var"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": settings.PRIVATE_MEDIA_ROOT, "base_url": None},
        },
    }
    private_storage()._wrapped = empty
    yield settings.MEDIA_DIR
    private_storage()._wrapped = empty


@pytest.fixture(autouse=True)
def nobody_has_searched_yet():
    SEARCHES.forget()


@pytest.fixture
def show(db):
    """The smallest valid show."""
    return factories.make_show()
