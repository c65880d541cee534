"""A disk that is really full, and one that is really read-only: told in words, nothing lost, well again by itself."""

import os
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.functional import empty

from episodes.models import Episode
from episodes.models.fields import private_storage
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.factories import make_draft, make_episode, make_show


def mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path, settings):
    """The media folder on a disk of its own, of three megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.getuid() != 0 or not mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)):
        pytest.skip("Only root can mount a disk, and not in every container.")
    settings.MEDIA_DIR = disk
    settings.MEDIA_ROOT, settings.PRIVATE_MEDIA_ROOT = disk / "public", disk / "private"
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": disk / "private", "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    private_storage()._wrapped = empty
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3", seconds=60, bitrate_bps=192_000).read_bytes()


def fill(disk) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 65_536)
        except OSError:
            pass


def upload(client, episode, tone):
    url = change_url(episode)
    values = form_values(client, url)
    return send(client, url, values, title="New", audio_file=SimpleUploadedFile("a.mp3", tone))


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_audio_is_refused_in_words_readers_notice_nothing_and_it_works_again(
    admin_client, client, db, small_disk, tone, trouble
):
    show = make_show()
    live = make_episode(show, audio_content=b"what listeners hear " * 50)
    draft = make_draft(show, title="Old")
    if trouble == "full":
        fill(small_disk)
    else:
        assert mount("-o", "remount,ro", str(small_disk))

    refused = upload(admin_client, draft, tone)
    heard = client.get(live.get_enclosure_url()).getvalue()
    feed = client.get(f"/{show.slug}/feed.xml")
    unchanged = Episode.objects.get(pk=draft.pk)
    left = [path for path in small_disk.rglob("*") if path.is_file() and path.name != "filler"]

    assert f"its disk is {trouble}" in errors_of(refused)[0]
    assert (unchanged.title, unchanged.audio.name, unchanged.audio_bytes) == ("Old", "", None)
    assert heard == b"what listeners hear " * 50
    assert feed.status_code == 200
    assert len(left) == 1, left

    if trouble == "full":
        (small_disk / "filler").unlink()
    else:
        assert mount("-o", "remount,rw", str(small_disk))
    upload(admin_client, draft, tone)

    assert Episode.objects.get(pk=draft.pk).audio_bytes == len(tone)
