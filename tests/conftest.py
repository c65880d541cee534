"""What every test may ask for: a show, files in a folder that goes away."""

import hypothesis
import pytest
from django.utils.functional import empty

from episodes.models.fields import private_storage
from publishing.views.search import SEARCHES
from tests import factories

# On a busy machine an example may take its time; what must be quick has a test of its own that says how quick.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


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
