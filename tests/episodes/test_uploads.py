import base64
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from mutagen.id3 import TIT2
from mutagen.mp3 import MP3

from episodes.models import Episode, Upload
from episodes.uploads import UploadError, append, begin_upload, find_upload, offset_of, path_of, sweep_uploads
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.factories import make_draft

PIECE = "application/offset+octet-stream"


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3").read_bytes()


def begin(client, length: int, name: str = "a.mp3"):
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"Upload-Length": str(length), "Upload-Metadata": metadata, "Tus-Resumable": "1.0.0"}
    return client.post(reverse("admin:episodes_upload"), headers=headers)


def patch(client, url: str, offset: int, data: bytes, content_type: str = PIECE):
    return client.patch(url, data, content_type=content_type, headers={"Upload-Offset": str(offset)})


def test_a_file_comes_up_in_pieces_and_becomes_the_audio(admin_client, show, tone):
    episode = make_draft(show)
    url = begin(admin_client, len(tone), "Größe.mp3")["Location"]
    half = len(tone) // 2

    first = patch(admin_client, url, 0, tone[:half])
    asked = admin_client.head(url)
    last = patch(admin_client, url, half, tone[half:])
    about = admin_client.get(url).json()
    token = url.rstrip("/").split("/")[-1]
    answer = send(admin_client, change_url(episode), form_values(admin_client, change_url(episode)), audio_token=token)

    assert (first.status_code, first["Upload-Offset"]) == (204, str(half))
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(half), str(len(tone)))
    assert "no-store" in asked["Cache-Control"]
    assert (last.status_code, last["Upload-Offset"], last["Tus-Resumable"]) == (204, str(len(tone)), "1.0.0")
    assert about["summary"].startswith("MP3, 0:10 long, 0.1 MB, 96 kbit/s mono")
    assert errors_of(answer) == []
    assert Episode.objects.get().duration_ms == 10_031


def test_a_form_error_costs_no_second_upload(admin_client, show, tone):
    url = change_url(make_draft(show))
    upload = begin(admin_client, len(tone))["Location"]
    patch(admin_client, upload, 0, tone)
    token = upload.rstrip("/").split("/")[-1]

    refused = send(admin_client, url, form_values(admin_client, url), audio_token=token, title="")

    assert f'value="{token}"' in refused.content.decode()
    assert Upload.objects.count() == 1


def test_what_was_uploaded_is_gone_once_it_is_kept(
    admin_client, show, tone, tmp_path, django_capture_on_commit_callbacks
):
    url = change_url(make_draft(show))
    upload = begin(admin_client, len(tone))["Location"]
    patch(admin_client, upload, 0, tone)

    with django_capture_on_commit_callbacks(execute=True):
        send(admin_client, url, form_values(admin_client, url), audio_token=upload.rstrip("/").split("/")[-1])

    assert Upload.objects.count() == 0
    assert list(tmp_path.glob("tus-*")) == []


def test_a_file_that_has_not_arrived_whole_is_not_used(admin_client, show, tone):
    url = change_url(make_draft(show))
    upload = begin(admin_client, len(tone))["Location"]
    patch(admin_client, upload, 0, tone[:-1])

    answer = send(
        admin_client, url, form_values(admin_client, url), audio_token=upload.rstrip("/").split("/")[-1], title="New"
    )

    assert errors_of(answer) == ["The file has not arrived whole yet. Wait for the end of the upload, then save again."]
    assert Episode.objects.get().title != "New"


@pytest.mark.parametrize(
    ("offset", "data", "content_type", "status"),
    [
        (5, b"x", PIECE, 409),
        (0, b"x" * 11, PIECE, 413),
        (0, b"x", "application/json", 415),
        ("", b"x", PIECE, 400),
        ("-1", b"x", PIECE, 400),
        ("٣", b"x", PIECE, 400),
    ],
)
def test_a_wrong_piece_changes_nothing(admin_client, db, offset, data, content_type, status):
    url = begin(admin_client, 10)["Location"]
    offset = offset if str(offset).isascii() else "1e3"

    answer = patch(admin_client, url, offset, data, content_type)

    assert answer.status_code == status
    assert admin_client.head(url)["Upload-Offset"] == "0"


def test_a_piece_that_is_sent_twice_is_taken_once(admin_client, db):
    url = begin(admin_client, 10)["Location"]

    first, again = (patch(admin_client, url, 0, b"12345") for _ in range(2))

    assert (first.status_code, again.status_code) == (204, 409)
    assert admin_client.head(url)["Upload-Offset"] == "5"


@pytest.mark.parametrize(("length", "status"), [("0", 400), ("", 400), ("x", 400), ("9" * 14, 413)])
def test_an_upload_of_no_or_too_much_length_is_not_begun(admin_client, db, length, status):
    answer = admin_client.post(reverse("admin:episodes_upload"), headers={"Upload-Length": length})

    assert answer.status_code == status
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "head", "patch", "delete"])
def test_nobody_touches_the_upload_of_another(admin_client, client, db, method):
    url = begin(admin_client, 10)["Location"]
    client.force_login(User.objects.create_superuser("other"))

    answer = getattr(client, method)(url, **({"content_type": PIECE} if method == "patch" else {}))

    assert answer.status_code == 404
    assert Upload.objects.count() == 1


def test_an_upload_can_be_forgotten(admin_client, db, tmp_path):
    url = begin(admin_client, 10)["Location"]

    assert admin_client.delete(url).status_code == 204
    assert admin_client.head(url).status_code == 404
    assert list(tmp_path.glob("tus-*")) == []


class Leaving:
    """A body whose sender leaves after some bytes."""

    def __init__(self, data: bytes):
        self.data = data

    def read(self, size: int) -> bytes:
        piece, self.data = self.data[:size], self.data[size:]
        if not piece:
            raise UnreadablePostError("gone")
        return piece


@pytest.mark.parametrize("percent", [1, 50, 99])
def test_what_arrived_before_the_sender_left_is_kept(admin_user, tone, percent):
    upload = begin_upload(admin_user, len(tone), "a.mp3")
    cut = len(tone) * percent // 100

    kept = append(upload, 0, Leaving(tone[:cut]))
    append(upload, kept, Leaving(tone[cut:]))

    assert kept == cut
    assert path_of(upload).read_bytes() == tone


def test_bytes_written_by_a_killed_worker_count(admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")
    path_of(upload).write_bytes(b"12345")

    assert offset_of(find_upload(admin_user, upload.pk)) == 5
    assert append(upload, 5, Leaving(b"67890")) == 10


def test_two_requests_cannot_write_at_once(admin_user):
    upload = begin_upload(admin_user, 10, "a.mp3")

    refused = []

    class WhileAnotherComes(Leaving):
        def read(self, size):
            if not refused:
                with pytest.raises(UploadError) as error:
                    append(upload, 0, Leaving(b"other"))
                refused.append(error.value.status)
            return super().read(size)

    assert append(upload, 0, WhileAnotherComes(b"12345")) == 5
    assert (refused, path_of(upload).read_bytes()) == ([423], b"12345")


def test_a_full_disk_is_told_in_words(admin_user, monkeypatch):
    upload = begin_upload(admin_user, 10, "a.mp3")

    class Full(Leaving):
        def read(self, size):
            raise OSError(28, "No space left on device")

    with pytest.raises(UploadError, match="its disk is full") as refused:
        append(upload, 0, Full(b""))

    assert refused.value.status == 507


def test_abandoned_uploads_are_swept_with_their_bytes(admin_user, tmp_path):
    old, new = (begin_upload(admin_user, 10, "a.mp3") for _ in range(2))
    Upload.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=3))

    swept = sweep_uploads()

    assert swept == 1
    assert [p.name for p in tmp_path.glob("tus-*")] == [f"tus-{new.pk}.upload"]


def test_one_person_cannot_fill_the_disk_with_begun_uploads(admin_user):
    for _ in range(15):
        begin_upload(admin_user, 10, "a.mp3")

    assert Upload.objects.count() == 10


def test_the_tags_of_the_file_are_offered_to_the_form(admin_client, db, tmp_path, tone):
    path = tmp_path / "tagged.mp3"
    path.write_bytes(tone)
    file = MP3(path)
    file.tags.add(TIT2(encoding=3, text=["From </script> the file"]))
    file.save()
    content = path.read_bytes()
    url = begin(admin_client, len(content))["Location"]
    patch(admin_client, url, 0, content)

    assert admin_client.get(url).json()["found"]["title"] == "From </script> the file"


def test_a_file_that_is_no_audio_is_told_right_after_it_arrived(admin_client, db):
    url = begin(admin_client, 9)["Location"]
    patch(admin_client, url, 0, b"some text")

    assert "it is a text file" in admin_client.get(url).json()["problem"]
