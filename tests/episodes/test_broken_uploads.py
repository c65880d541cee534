"""What goes wrong on the way: connections cut, disks that fail. Nothing is half-saved, nothing typed is lost."""

import errno
import socket
import time
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from episodes.models import Episode
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import add_url, change_url, errors_of, form_values, send
from tests.episodes.picture_samples import picture
from tests.factories import make_draft, make_episode, make_show

BOUNDARY = "cut-here"


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3", seconds=60).read_bytes()


def multipart(values: dict, file_field: str, content: bytes) -> bytes:
    """A body as browsers send it: fields in the form's order, the file among them."""
    parts = []
    for name, entries in values.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if name == file_field:
                head = f'Content-Disposition: form-data; name="{name}"; filename="a.mp3"\r\nContent-Type: audio/mpeg'
                parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
            else:
                head = f'Content-Disposition: form-data; name="{name}"'
                parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n{entry}\r\n".encode())
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send_and_leave(server_url: str, path: str, client: Client, body: bytes, share: float) -> None:
    """Send the head and a share of the body, then cut the connection without a word."""
    where = urlsplit(server_url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: session={client.cookies['session'].value}; "
        f"csrf={client.cookies['csrf'].value}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(head.encode() + body[: int(len(body) * share)])
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(10)
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass
    time.sleep(0.2)


@pytest.fixture
def producer(transactional_db):
    client = Client()
    client.force_login(User.objects.create_superuser("ann"))
    return client


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 0.9999])
def test_a_change_form_cut_off_on_its_way_changes_nothing(producer, live_server, tone, share):
    episode = make_episode(make_show(), title="Old")
    url = change_url(episode)
    values = {**form_values(producer, url), "title": "New", "_save": "Save", "audio_file": ""}
    whole = values.pop("_whole")
    before = Episode.objects.values().get()

    send_and_leave(live_server.url, url, producer, multipart({**values, "_whole": whole}, "audio_file", tone), share)

    assert Episode.objects.values().get() == before


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 0.9999])
def test_an_add_form_cut_off_on_its_way_makes_nothing(producer, live_server, tone, share):
    show = make_show()
    url = add_url(Episode)
    values = {
        **form_values(producer, url),
        "show": show.pk,
        "title": "New",
        "slug": "fresh",
        "_save": "Save",
        "audio_file": "",
    }
    whole = values.pop("_whole")

    send_and_leave(live_server.url, url, producer, multipart({**values, "_whole": whole}, "audio_file", tone), share)

    assert not Episode.objects.exists()


def test_the_same_form_sent_whole_is_saved(producer, live_server, tone):
    show = make_show()
    url = add_url(Episode)
    values = {
        **form_values(producer, url),
        "show": show.pk,
        "title": "New",
        "slug": "fresh",
        "_save": "Save",
        "audio_file": "",
    }
    whole = values.pop("_whole")

    send_and_leave(live_server.url, url, producer, multipart({**values, "_whole": whole}, "audio_file", tone), 1.0)

    assert Episode.objects.get().duration_ms == pytest.approx(60_000, abs=100)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "its disk is full"),
        (errno.EROFS, "its disk is read-only"),
        (errno.EACCES, "it may not write into its media folder"),
        (errno.EIO, "its media folder does not answer"),
    ],
)
@pytest.mark.parametrize("field", ["audio_file", "artwork_file"])
def test_a_disk_that_fails_is_told_in_words_and_nothing_typed_is_lost(
    admin_client, show, tone, monkeypatch, tmp_path, number, words, field
):
    episode = make_draft(show, title="Old")
    url = change_url(episode)
    values = form_values(admin_client, url)
    content = tone if field == "audio_file" else picture()

    def fails(*args, **kwargs):
        raise OSError(number, "no")

    monkeypatch.setattr("os.replace", fails)
    answer = send(
        admin_client, url, values, title="New", show_notes="Long notes", **{field: SimpleUploadedFile("a", content)}
    )

    assert words in errors_of(answer)[0]
    assert "Nothing of this form was saved." in errors_of(answer)[0]
    assert "Long notes" in answer.content.decode()
    assert Episode.objects.get().title == "Old"
    assert not list(tmp_path.rglob("*.partial"))
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def test_a_wav_is_told_at_its_field_where_the_show_does_not_convert(admin_client, show, tmp_path):
    wav = write_tone(tmp_path / "a.wav", "wav").read_bytes()
    url = change_url(make_draft(show))

    answer = send(admin_client, url, form_values(admin_client, url), audio_file=SimpleUploadedFile("a.wav", wav))

    assert "“Encode audio” in the show's settings" in errors_of(answer)[0]
