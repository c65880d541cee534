"""Files in a real S3 store: kept, served, synced with checksums, and told in words when the store is away."""

import os
import signal
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils.functional import empty

from coproduction_site.backup.archive import check
from coproduction_site.backup.making import back_up
from coproduction_site.backup.restoring import restore
from coproduction_site.media_sync import sync
from coproduction_site.object_storage import storage_at
from episodes.filing import FilingError, keep_bytes
from episodes.models import Episode, Show
from episodes.models.fields import private_storage
from episodes.production import attach_artwork, attach_audio, publish
from tests.downloads.running import get, gunicorn
from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture
from tests.factories import make_draft, make_show
from tests.s3.store import BUCKET, swift_store


@pytest.fixture(scope="module")
def engine():
    with swift_store() as store:
        store.client().create_bucket(Bucket="covers")
        yield store


@pytest.fixture
def store(engine, settings, monkeypatch):
    """Both areas of this test's site in the store."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", engine.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", engine.secret)
    settings.S3_BUCKET, settings.S3_PUBLIC_BUCKET = BUCKET, "covers"
    settings.S3_ENDPOINT_URL, settings.S3_REGION = engine.endpoint_url, "us-east-1"
    settings.AUDIO_DELIVERY = "s3"
    place = {"endpoint_url": engine.endpoint_url, "region_name": "us-east-1"}
    kinds = "coproduction_site.object_storage"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{kinds}.PublicObjectStorage", "OPTIONS": {"bucket_name": "covers", **place}},
        "private": {"BACKEND": f"{kinds}.PrivateObjectStorage", "OPTIONS": {"bucket_name": BUCKET, **place}},
    }
    private_storage()._wrapped = empty
    default_storage._wrapped = empty
    client = engine.client()
    for bucket in (BUCKET, "covers"):
        for entry in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=entry["Key"])
    yield engine
    default_storage._wrapped = empty


def test_audio_and_covers_of_a_producer_lie_in_the_store_and_come_back(store, client, db, tmp_path):
    sound = write_tone(tmp_path / "a.mp3", seconds=2).read_bytes()
    show = make_show()
    episode = make_draft(show)

    attach_audio(episode, ContentFile(sound, "a.mp3"))
    attach_artwork(show, ContentFile(picture(1400), "c.jpg"))

    with private_storage().open(episode.audio.name) as file:
        assert file.read() == sound
    address = default_storage.url(show.artwork.name)
    answer = client.get(address)
    assert address.startswith("/media/artwork/")
    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) == show.artwork_bytes
    assert client.get("/media/artwork/none.jpg").status_code == 404


def test_the_private_store_shows_nothing_to_strangers(store, db):
    name = keep_bytes(private_storage(), "audio/secret.mp3", b"unpublished")

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{store.endpoint_url}/{BUCKET}/{name}")

    refused.value.close()
    assert refused.value.code in (400, 401, 403)


def test_files_move_from_disk_to_the_store_and_back_with_checksums(store, db, settings):
    disk = storage_at("disk", "private")
    for number in range(3):
        disk.save(f"audio/{number}.mp3", ContentFile(bytes([number]) * 100_000))
    out = StringIO()

    call_command("media_sync", "--to", "s3", stdout=out)
    call_command("media_sync", "--to", "s3", "--verify", stdout=out)
    disk.delete("audio/1.mp3")
    call_command("media_sync", "--to", "disk", "--area", "private", stdout=out)

    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("private")] == [
        "private: 3 files (0.3 MB) copied and compared, 0 there already.",
        "private: 0 files (0.0 MB) copied and compared, 3 there already.",
        "private: 1 files (0.1 MB) copied and compared, 2 there already.",
    ]
    with disk.open("audio/1.mp3") as file:
        assert file.read() == b"\1" * 100_000


def test_a_file_that_differs_is_told_and_not_changed(store, db):
    disk, s3 = storage_at("disk", "private"), storage_at("s3", "private")
    disk.save("audio/a.mp3", ContentFile(b"here"))
    s3.save("audio/a.mp3", ContentFile(b"else"))

    quick = sync(disk, s3, lambda sentence: None)
    careful = sync(disk, s3, lambda sentence: None, verify=True)

    assert quick.there == ["audio/a.mp3"], "same length: taken as the same without --verify"
    assert careful.failed == ["audio/a.mp3: another file has this name there. Look at both; nothing was changed."]
    with s3.open("audio/a.mp3") as file:
        assert file.read() == b"else"


def test_a_rehearsed_sync_copies_nothing(store, db):
    storage_at("disk", "public").save("artwork/a.jpg", ContentFile(b"x"))
    out = StringIO()

    call_command("media_sync", "--to", "s3", "--dry-run", stdout=out)

    assert "public: 1 files (0.0 MB) would be copied" in out.getvalue()
    assert not storage_at("s3", "public").exists("artwork/a.jpg")


def test_a_copy_that_arrives_wrong_is_taken_away_again(store, db, monkeypatch):
    disk, s3 = storage_at("disk", "private"), storage_at("s3", "private")
    disk.save("audio/a.mp3", ContentFile(b"right"))
    monkeypatch.setattr("coproduction_site.media_sync.keep_file", lambda target, name, path: target.save(
        name, ContentFile(b"wrong")))  # fmt: skip

    result = sync(disk, s3, lambda sentence: None)

    assert "did not arrive as it was sent" in result.failed[0]
    assert not s3.exists("audio/a.mp3")


@pytest.mark.django_db(transaction=True)
def test_a_site_in_a_store_is_backed_up_and_restored(store, tmp_path):
    show = make_show()
    attach_audio(make_draft(show), ContentFile(write_tone(tmp_path / "a.mp3", seconds=2).read_bytes(), "a.mp3"))
    attach_artwork(show, ContentFile(picture(1400), "c.jpg"))
    manifest = back_up(tmp_path / "site.backup", lambda sentence: None)
    name = Episode.objects.get().audio.name
    private_storage().delete(name)
    Show.objects.update(title="changed")

    restore(tmp_path / "site.backup", lambda sentence: None, replace=True)

    assert manifest.missing_files == []
    assert check(tmp_path / "site.backup")[1].members[f"files/private/{name}"].size == private_storage().size(name)
    assert Show.objects.get().title == show.title


def test_a_store_that_does_not_answer_is_told_in_words(settings, db, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_REGION = "b", "http://127.0.0.1:1", "us-east-1"
    away = storage_at("s3", "private")

    with pytest.raises(FilingError, match="could not store the file"):
        keep_bytes(away, "audio/a.mp3", b"sound")
    with pytest.raises(CommandError, match="cannot be copied"):
        call_command("media_sync", "--to", "disk", "--area", "private", stdout=StringIO())


def test_a_store_that_hangs_is_given_up(engine, store, db, monkeypatch):
    monkeypatch.setattr("coproduction_site.object_storage.READ_SECONDS", 1)
    monkeypatch.setattr("coproduction_site.object_storage.ATTEMPTS", 1)
    hanging = storage_at("s3", "private")
    os.kill(engine.process_id, signal.SIGSTOP)
    try:
        with pytest.raises(FilingError, match="could not store the file"):
            keep_bytes(hanging, "audio/a.mp3", b"sound")
    finally:
        os.kill(engine.process_id, signal.SIGCONT)

    assert keep_bytes(private_storage(), "audio/a.mp3", b"sound") == "audio/a.mp3"


def test_without_buckets_nothing_is_synced_and_that_is_said(db, settings):
    settings.S3_BUCKET = settings.S3_PUBLIC_BUCKET = ""
    out = StringIO()

    call_command("media_sync", "--to", "s3", stdout=out)

    assert "private: left out, since S3_BUCKET is not set." in out.getvalue()
    with pytest.raises(CommandError, match="S3_PUBLIC_BUCKET is not set"):
        call_command("media_sync", "--to", "s3", "--area", "public", stdout=out)


@pytest.mark.django_db(transaction=True)
def test_two_web_servers_without_a_common_disk_are_one_site(store, tmp_path):
    show = make_show(slug="the-show")
    episode = make_draft(show, slug="one", summary="What it is about.")
    attach_audio(episode, ContentFile(write_tone(tmp_path / "a.mp3", seconds=2).read_bytes(), "a.mp3"))
    attach_artwork(show, ContentFile(picture(1400), "c.jpg"))
    publish(episode)
    wanted = ["/the-show/", "/the-show/one/", "/the-show/feed.xml", f"/media/{show.artwork.name}"]
    environment = {**store.environment(), "S3_PUBLIC_BUCKET": "covers", "SITE_URL": "http://podcast.example.org"}
    seen = []

    with ExitStack() as stack:
        for name in ("first", "second"):
            folder = tmp_path / name
            folder.mkdir()
            port = stack.enter_context(
                gunicorn(folder, **environment, VAR_DIR=str(folder / "var"), MEDIA_DIR=str(folder / "media"))
            )
            answers = {path: get(port, path) for path in wanted}
            sent_on = get(port, episode.get_enclosure_url())
            with urllib.request.urlopen(sent_on[1]["location"]) as sound:
                answers["sound"] = (sent_on[0], {}, sound.read())
            seen.append(
                {path: (status, headers.get("etag"), body) for path, (status, headers, body) in answers.items()}
            )

    assert {status for status, _, _ in seen[0].values()} == {200, 302}
    for path in wanted[:3]:
        assert seen[0][path] == seen[1][path], path
    assert seen[0][wanted[3]][2] == seen[1][wanted[3]][2]
    assert len(seen[0][wanted[3]][2]) == show.artwork_bytes
    assert seen[0]["sound"][2] == (tmp_path / "a.mp3").read_bytes()


class _BreaksOff(BaseHTTPRequestHandler):
    """Knows every file, and hangs up in the middle of each."""

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.send_header("ETag", '"x"')
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(b"only the beginning")

    def log_message(self, *words):
        pass


def test_a_store_that_breaks_off_in_the_middle_of_a_file_is_a_disk_that_fails(settings, db, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    monkeypatch.setattr("coproduction_site.object_storage.ATTEMPTS", 1)
    with ThreadingHTTPServer(("127.0.0.1", 0), _BreaksOff) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.S3_BUCKET, settings.S3_REGION = "b", "us-east-1"
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{server.server_port}"

        with pytest.raises(OSError, match="does not answer"), storage_at("s3", "private").open("audio/a.mp3") as file:
            file.read()
        server.shutdown()
