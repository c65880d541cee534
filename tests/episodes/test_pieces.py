"""Pieces of an upload in a real object store: any web server goes on with them; what is not whole is never used."""

import pytest
from django.core.files.base import ContentFile
from django.utils.functional import empty

from episodes import pieces
from episodes.models import Upload
from episodes.models.fields import private_storage
from episodes.uploads import UploadError, append, arrived_path, begin_upload, discard_upload, offset_of
from tests.s3.store import BUCKET, swift_store


@pytest.fixture(scope="module")
def engine():
    with swift_store() as store:
        yield store


@pytest.fixture
def store(engine, settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", engine.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", engine.secret)
    options = {"bucket_name": BUCKET, "endpoint_url": engine.endpoint_url, "region_name": "us-east-1"}
    backend = {"BACKEND": "coproduction_site.object_storage.PrivateObjectStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "private": backend}
    private_storage()._wrapped = empty
    for key in in_store(engine):
        engine.client().delete_object(Bucket=BUCKET, Key=key)
    return engine


class Body:
    def __init__(self, data: bytes):
        self.data = data

    def read(self, size: int) -> bytes:
        piece, self.data = self.data[:size], self.data[size:]
        return piece


def in_store(store) -> list[str]:
    found = store.client().list_objects_v2(Bucket=BUCKET, Prefix="incoming/").get("Contents", [])
    return [entry["Key"] for entry in found]


def test_pieces_come_together_on_a_server_that_saw_none_of_them(store, admin_user, settings, tmp_path):
    upload = begin_upload(admin_user, 10, "a.mp3")
    append(upload, 0, Body(b"01234"))
    append(upload, 5, Body(b"56789"))

    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "another"
    whole = arrived_path(Upload.objects.get())

    assert whole.read_bytes() == b"0123456789"
    assert offset_of(upload) == 10


def test_a_large_piece_is_stored_bit_by_bit(store, admin_user, monkeypatch):
    monkeypatch.setattr("episodes.uploads._STORED_AT_ONCE", 4)
    monkeypatch.setattr("episodes.uploads._CHUNK", 2)
    upload = begin_upload(admin_user, 10, "a.mp3")

    append(upload, 0, Body(b"0123456789"))

    assert arrived_path(upload).read_bytes() == b"0123456789"
    assert len(in_store(store)) == 3


def test_of_two_requests_with_the_same_bytes_one_is_refused(store, admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")
    pieces.keep_piece(upload, 0, b"01234")

    with pytest.raises(pieces.PieceError, match="has 5 bytes, not 0"):
        pieces.keep_piece(upload, 0, b"012")
    with pytest.raises(UploadError) as refused:
        append(upload, 0, Body(b"0123"))

    append(upload, 5, Body(b"56789"))
    assert refused.value.status == 409
    assert arrived_path(upload).read_bytes() == b"0123456789"


def test_a_piece_whose_server_died_before_it_said_so_does_no_harm(store, admin_user):
    """It lies in the store and in no row; the next attempt at the same place was longer."""
    upload = begin_upload(admin_user, 10, "a.mp3")
    append(upload, 0, Body(b"01"))
    private_storage().save(f"incoming/{upload.pk}.2.3", ContentFile(b"234"))
    append(upload, 2, Body(b"234567"))
    append(upload, 8, Body(b"89"))

    assert arrived_path(upload).read_bytes() == b"0123456789"


def test_a_piece_that_is_gone_is_told_in_words(store, admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")
    append(upload, 0, Body(b"01234"))
    append(upload, 5, Body(b"56789"))
    private_storage().delete(f"incoming/{upload.pk}.0.5")

    with pytest.raises(UploadError, match=r"no longer here\. Choose the file again"):
        arrived_path(upload)


def test_more_than_was_announced_is_refused_and_what_fits_stays(store, admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")
    append(upload, 0, Body(b"01234"))

    with pytest.raises(UploadError) as refused:
        append(upload, 5, Body(b"x" * 20))

    assert (refused.value.status, offset_of(upload)) == (413, 5)


def test_a_forgotten_upload_leaves_nothing(store, admin_user, tmp_path):
    upload = begin_upload(admin_user, 4, "a.mp3")
    append(upload, 0, Body(b"0123"))
    arrived_path(upload)

    discard_upload(upload)

    assert in_store(store) == []
    assert [path for path in tmp_path.iterdir() if path.suffix == ".upload"] == []


def test_a_piece_sent_again_after_the_next_one_arrived_stays(store, admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")
    append(upload, 0, Body(b"01234"))
    append(upload, 5, Body(b"56789"))

    with pytest.raises(pieces.PieceError, match="has 10 bytes, not 0"):
        pieces.keep_piece(upload, 0, b"01234")

    assert arrived_path(upload).read_bytes() == b"0123456789"
