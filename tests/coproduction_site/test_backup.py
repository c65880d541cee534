"""A backup is the whole site: restored elsewhere, every row, file, GUID and feed byte is the same."""

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from coproduction_site.backup.archive import MANIFEST, BackupError, Writer, check
from coproduction_site.backup.making import back_up
from coproduction_site.backup.restoring import restore
from episodes.models import Episode, FormerEpisodeSlug, Show, Topic
from publishing.feed import store as feed_store
from publishing.feed.own import own_pages
from publishing.feed_refresh import refresh_feeds
from tests.coproduction_site.telling import what_is_here
from tests.episodes.audio_samples import write_tone
from tests.factories import make_appearance, make_chapter, make_draft, make_episode, make_show, make_topic
from tests.process_environment import beside_the_test
from transcripts.ingest import ingest_transcript

ROOT = Path(__file__).resolve().parent.parent.parent
TELL = "from tests.coproduction_site.telling import tell; tell()"


def a_full_site(tmp_path) -> Show:
    show = make_show(title="Ärende 1", description="One\\two\tthree\nfour \\N")
    episode = make_episode(show, guid="MixedCASE and  space", slug="old-name", audio_content=write_tone(
        tmp_path / "a.mp3", seconds=2).read_bytes())  # fmt: skip
    Episode.objects.filter(pk=episode.pk).update(slug="new-name")
    make_episode(show, guid="https://a.example/?p=1#")
    make_draft(show)
    make_appearance(episode)
    make_chapter(episode, 1500)
    episode.topics.add(make_topic())
    ingest_transcript(episode, b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ann>Hello there.\n", "a.vtt")
    default_storage.save("artwork/cover.jpg", ContentFile(b"cover"))
    User.objects.create_superuser("root", password="x")
    return show


@contextmanager
def another_machine(tmp_path, settings, name: str):
    """An empty database and empty folders; yields a function that runs a command of the site there."""
    database = f"{connection.settings_dict['NAME']}_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')
    env = beside_the_test(
        TEST_DATABASE_NAME=database, VAR_DIR=str(tmp_path / name / "var"), MEDIA_DIR=str(tmp_path / name / "media"),
        SITE_URL=settings.SITE_URL,
    )  # fmt: skip

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip

    try:
        yield run
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def told(text: str) -> dict:
    return json.loads(text.rpartition("TOLD")[2])


@pytest.mark.django_db(transaction=True)
def test_a_backup_restores_on_an_empty_machine_to_the_same_site(tmp_path, settings):
    a_full_site(tmp_path)
    before = what_is_here()
    manifest = back_up(tmp_path / "site.backup", lambda sentence: None)

    with another_machine(tmp_path, settings, "restored") as run:
        restored = run("restore", str(tmp_path / "site.backup"))
        after = told(run("shell", "-c", TELL).stdout)
        sequence = run(
            "shell", "-c", "from episodes.models import Topic; print(Topic.objects.create(name='n', slug='n').pk)"
        )

    assert restored.returncode == 0, restored.stderr
    assert "are restored." in restored.stdout
    for part in before:
        assert after[part] == before[part], part
    assert len(before["files"]) >= 4
    assert before["searchable"] == 1
    assert manifest.missing_files == []
    assert sequence.stdout.strip().splitlines()[-1].isdigit()


@pytest.mark.django_db(transaction=True)
def test_a_backup_taken_while_others_write_is_of_one_moment(tmp_path, settings):
    """Each writer adds an episode and a topic in one transaction: a backup never has one without the other."""
    show = make_show()
    stop = threading.Event()

    def write():
        from django.db import transaction

        try:
            while not stop.is_set():
                with transaction.atomic():
                    episode = make_draft(show)
                    make_topic(slug=episode.slug, name=episode.slug)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while Topic.objects.count() < 5:
        time.sleep(0.01)
    try:
        manifests = [back_up(tmp_path / f"{n}.backup", lambda sentence: None) for n in range(3)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()

    for manifest in manifests:
        assert manifest.tables["episodes_episode"] == manifest.tables["episodes_topic"] > 0


@pytest.mark.django_db(transaction=True)
def test_a_site_that_holds_something_is_not_overwritten_unasked(tmp_path):
    show = a_full_site(tmp_path)
    back_up(tmp_path / "site.backup", lambda sentence: None)
    Episode.objects.all().update(title="changed since")

    with pytest.raises(BackupError, match="holds shows or users already"):
        restore(tmp_path / "site.backup", lambda sentence: None)
    untouched = set(Episode.objects.values_list("title", flat=True))
    restore(tmp_path / "site.backup", lambda sentence: None, replace=True)

    assert untouched == {"changed since"}
    assert "changed since" not in set(Episode.objects.values_list("title", flat=True))
    assert FormerEpisodeSlug.objects.filter(slug="old-name").count() == 1
    assert own_pages(show.slug)
    Episode.objects.filter(slug="new-name").update(slug="newest-name")
    assert FormerEpisodeSlug.objects.filter(slug="new-name").exists(), "our triggers are on again"


@pytest.mark.django_db(transaction=True)
def test_the_feed_kept_for_bad_times_is_of_what_was_restored(tmp_path):
    show = a_full_site(tmp_path)
    back_up(tmp_path / "site.backup", lambda sentence: None)
    Episode.objects.filter(show=show).update(title="Written since")
    refresh_feeds()

    restore(tmp_path / "site.backup", lambda sentence: None, replace=True)
    refresh_feeds()

    kept = feed_store.load(show.pk)
    assert kept is not None
    assert b"Written since" not in (kept.page(1) or b"")
    assert refresh_feeds() == "All feeds are as they should be."


def test_a_backup_out_of_a_pipe_is_refused_in_words_since_it_is_read_more_than_once(tmp_path, settings):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(BackupError, match="Put it into a file first"):
        restore(pipe, tell=lambda sentence: None)


def damaged(path: Path, how: str) -> Path:
    data = bytearray(path.read_bytes())
    broken = path.with_name(f"{how}.backup")
    if how == "cut":
        data = data[: len(data) // 2]
    elif how == "flipped":
        place = data.index(b"the sound of it")
        data[place] ^= 1
    elif how == "text":
        data = bytearray(b"not a tar at all" * 100)
    elif how == "empty":
        data = bytearray()
    broken.write_bytes(data)
    return broken


@pytest.mark.parametrize("how", ["cut", "flipped", "text", "empty"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(tmp_path, db, how):
    make_episode(make_show(), audio_content=b"the sound of it")
    back_up(tmp_path / "site.backup", lambda sentence: None)
    broken = damaged(tmp_path / "site.backup", how)

    with pytest.raises(BackupError):
        restore(broken, lambda sentence: None, replace=True)

    assert Episode.objects.count() == 1


def test_a_file_that_becomes_shorter_while_it_is_read_ends_the_backup(tmp_path):
    with (
        (tmp_path / "site.backup").open("wb") as out,
        pytest.raises(BackupError, match="files/one became shorter"),
        Writer(out, {}) as archive,
    ):
        archive.add("files/one", io.BytesIO(b"half"), 8)


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_missing_end_the_restoring_and_leave_the_site_as_it_was(tmp_path):
    make_episode(make_show())
    back_up(tmp_path / "site.backup", lambda sentence: None)
    with tarfile.open(tmp_path / "site.backup") as whole, tarfile.open(tmp_path / "less.backup", "w") as less:
        for member in whole:
            content = whole.extractfile(member).read()
            if member.name == "manifest.json":
                content = content.replace(b'"episodes_episode": 1', b'"episodes_episode": 2')
                member.size = len(content)
            less.addfile(member, io.BytesIO(content))
    Episode.objects.update(title="as it was")

    with pytest.raises(BackupError, match="episodes_episode should have 2 rows, and 1 came"):
        restore(tmp_path / "less.backup", lambda sentence: None, replace=True)

    assert Episode.objects.get().title == "as it was"


def test_a_foreign_archive_cannot_write_outside(tmp_path, db):
    path = tmp_path / "evil.backup"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo("files/public/../../evil")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))

    with pytest.raises(BackupError, match="which no backup of this site does"):
        restore(path, lambda sentence: None, replace=True)


def test_a_backup_of_a_later_version_is_refused_in_words(tmp_path, db):
    path = tmp_path / "later.backup"
    about = {"migrations": [["episodes", "9999_from_the_future"]], "made_at": "2030"}
    with path.open("wb") as out, Writer(out, about):
        pass

    with pytest.raises(BackupError, match=r"later version.*episodes\.9999_from_the_future"):
        restore(path, lambda sentence: None, replace=True)


def test_tables_of_a_later_version_are_not_restored_over(tmp_path, db):
    back_up(tmp_path / "a.backup", lambda sentence: None)
    MigrationRecorder(connection).record_applied("episodes", "9999_of_the_future")
    title = make_show().title

    with pytest.raises(BackupError, match=r"later version of the site \(it has had episodes\.9999_of_the_future\)"):
        restore(tmp_path / "a.backup", lambda sentence: None, replace=True)

    assert Show.objects.get().title == title


def test_a_file_that_rows_name_and_nobody_has_is_told(tmp_path, db):
    episode = make_episode(make_show())
    episode.audio.storage.delete(episode.audio.name)

    with pytest.raises(CommandError, match=f"1 files that rows name are not in the storage.*{episode.audio.name}"):
        call_command("backup", str(tmp_path / "site.backup"), stdout=StringIO())

    assert check(tmp_path / "site.backup")[1].missing_files == [f"private/{episode.audio.name}"]


def test_an_interrupted_backup_leaves_no_file_that_looks_whole(tmp_path, db, monkeypatch):
    make_episode(make_show())
    real = Writer.add

    def full(self, name, source, size):
        if name == MANIFEST:
            raise OSError(28, "No space left on device")
        real(self, name, source, size)

    monkeypatch.setattr(Writer, "add", full)

    with pytest.raises(BackupError, match="no space left"):
        back_up(tmp_path / "site.backup", lambda sentence: None)

    assert list(tmp_path.glob("*.backup*")) == []


def test_sessions_are_not_kept(tmp_path, admin_client):
    assert admin_client.get("/healthz/alive").status_code == 200

    manifest = back_up(tmp_path / "site.backup", lambda sentence: None)

    assert manifest.tables["django_session"] == 0
    assert manifest.tables["auth_user"] == 1


def test_the_commands_speak_in_sentences(tmp_path, db):
    make_episode(make_show())
    out, path = StringIO(), str(tmp_path / "site.backup")

    call_command("backup", path, stdout=out)
    call_command("backup", path, "--check", stdout=out)
    call_command("restore", path, "--dry-run", stdout=out)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", path, stdout=out)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("restore", str(tmp_path / "none"), stdout=out)

    assert "The backup is whole." in out.getvalue()
    assert "is whole. It was made at" in out.getvalue()
    assert "would be restored." in out.getvalue()
    assert (Path(path).stat().st_mode & 0o777) == 0o600
