"""What every test may ask for: a show, files in a folder that goes away."""

import threading
import time

import hypothesis
import pytest
from django.utils.functional import empty
from xdist.scheduler import LoadScopeScheduling

from episodes.models.fields import private_storage
from publishing.views.search import SEARCHES
from tests import factories

# On a busy machine an example may take its time; what must be quick has a test of its own that says how quick.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


# Tests that start real servers and wait for them; they wait while the rest works, in a process of their own.
WAITING = {"clients", "coproduction_site", "downloads", "promises", "s3"}


class TwoGroups(LoadScopeScheduling):
    """Each group is whole in one process, so that pytest-django's order of its tests stays."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.removeprefix("tests/").split("/")[0]
        return "servers" if folder in WAITING or ".py" in folder else "rooms"


def pytest_xdist_make_scheduler(config, log):
    return TwoGroups(config, log)


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
