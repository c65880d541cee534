import os
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from episodes.filing import keep_bytes
from episodes.models.fields import private_storage
from episodes.production import attach_artwork, attach_photo
from episodes.sweeping import sweep
from tests.episodes.picture_samples import picture
from tests.factories import make_episode, make_speaker


def age(path, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def age_all(folder) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            age(path, 30)


@pytest.fixture
def stray(files_of_this_test):
    name = private_storage().save("audio/0000.mp3", ContentFile(b"nobody names me"))
    return private_storage().path(name)


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def test_a_file_nobody_names_goes_when_a_week_has_passed_over_it(db, stray):
    age(stray, 365)

    assert sweep() == []
    assert sweep(now=in_days(6)) == []
    assert sweep(now=in_days(8)) == ["audio/0000.mp3"]
    assert not os.path.exists(stray)


def test_a_cover_of_last_year_stays_a_week_after_it_was_replaced(show, files_of_this_test):
    attach_artwork(show, ContentFile(picture(1400)))
    old = show.artwork.path
    age_all(files_of_this_test)
    sweep()
    attach_artwork(show, ContentFile(picture(1500)))

    sweep(now=in_days(1))
    kept = os.path.exists(old)
    sweep(now=in_days(9))

    assert (kept, os.path.exists(old)) == (True, False)


def test_a_file_that_is_named_again_begins_its_week_anew(show, files_of_this_test):
    content = picture(1400)
    attach_artwork(show, ContentFile(content))
    name = show.artwork.name
    type(show).objects.update(artwork="")
    sweep()
    attach_artwork(show, ContentFile(content))
    sweep(now=in_days(8))
    type(show).objects.update(artwork="")

    sweep(now=in_days(9))

    assert default_storage.exists(name)


def test_a_file_that_is_kept_again_while_the_sweep_runs_is_left(db, files_of_this_test):
    name = keep_bytes(private_storage(), "audio/1111.mp3", b"a sound")
    age(private_storage().path(name), 30)
    sweep(now=in_days(-8))

    keep_bytes(private_storage(), "audio/1111.mp3", b"a sound")

    assert sweep() == []


def test_every_file_that_is_named_stays(show, files_of_this_test):
    make_episode(show)
    attach_artwork(show, ContentFile(picture()))
    attach_photo(make_speaker(), ContentFile(picture(800)))
    age_all(files_of_this_test)
    before = sorted(files_of_this_test.rglob("*"))

    assert sweep() == []
    assert sorted(files_of_this_test.rglob("*")) == before


def test_what_killed_workers_left_goes_after_a_day(db, files_of_this_test, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    folder = files_of_this_test / "private/audio"
    folder.mkdir(parents=True)
    left = [tmp_path / "tmpabc.upload.mp3", folder / ".1234.partial"]
    fresh = tmp_path / "tmpnew.upload.mp3"
    for path in [*left, fresh]:
        path.write_bytes(b"half")
    for path in left:
        age(path, 2)

    sweep()

    assert [path.exists() for path in [*left, fresh]] == [False, False, True]


def test_an_upload_whose_owner_was_deleted_leaves_no_file(db, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    left, going_on = tmp_path / "tus-1.upload", tmp_path / "tus-2.upload"
    for path, days in ((left, 5), (going_on, 1.5)):
        path.write_bytes(b"half")
        age(path, days)

    sweep()

    assert (left.exists(), going_on.exists()) == (False, True)


def test_a_dry_run_only_says_what_would_go(db, stray):
    age(stray, 30)
    sweep(now=in_days(-8))
    out = StringIO()

    call_command("sweep_files", "--dry-run", stdout=out)

    assert out.getvalue() == "audio/0000.mp3\n1 would be removed.\n"
    assert os.path.exists(stray)


def test_public_pictures_are_swept_too(db):
    name = default_storage.save("artwork/0000.jpg", ContentFile(b"x"))
    age(default_storage.path(name), 30)
    sweep(now=in_days(-8))

    assert sweep() == ["artwork/0000.jpg"]
