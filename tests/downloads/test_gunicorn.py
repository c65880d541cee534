"""Audio through the real web server: byte-exact, resumable, noted by what arrived, never held up."""

import hashlib
import os
import random
import signal
import socket
import time

import pytest
from django.conf import settings
from django.db import connection

from downloads.counting.spool import DeliveryNote, read_notes
from episodes.models import Episode
from tests.downloads.running import first_process, get, gunicorn, phone, read_and_leave
from tests.factories import in_one_hour, make_episode, make_show

AUDIO = random.Random(1).randbytes(4_804_000)


@pytest.fixture
def episode(transactional_db):
    return make_episode(make_show(), audio_content=AUDIO, audio_tag_bytes=4_000)


@pytest.fixture
def port(episode, tmp_path):
    with gunicorn(tmp_path) as port:
        yield port


def notes(count, patience=10):
    """The notes on the spool, once there are so many."""
    deadline = time.monotonic() + patience
    while True:
        found = [
            note
            for path in sorted((settings.VAR_DIR / "deliveries").glob("*.notes"))
            for note in read_notes(path, DeliveryNote)
        ]
        if len(found) >= count or time.monotonic() > deadline:
            return sorted(found, key=lambda note: note.at_ms)
        time.sleep(0.1)


def test_every_byte_arrives_and_is_noted(port, episode):
    url = episode.get_enclosure_url()

    whole = get(port, url, User_Agent="A/1")
    small = get(port, url, Range="bytes=7-99", User_Agent="A/1")
    large = get(port, url, Range="bytes=1000-2000000", User_Agent="A/1")
    head = get(port, url, "HEAD", User_Agent="A/1")

    assert whole[0] == 200
    assert whole[2] == AUDIO
    assert small[0] == 206
    assert small[2] == AUDIO[7:100]
    assert large[0] == 206
    assert large[2] == AUDIO[1000:2_000_001]
    assert head[0] == 200
    assert head[1]["content-length"] == str(len(AUDIO))
    assert "set-cookie" not in whole[1]
    assert "content-encoding" not in whole[1]
    assert [(note.method, note.status, note.first, note.asked_last, note.sent) for note in notes(4)] == [
        ("GET", 200, 0, None, 4_804_000),
        ("GET", 206, 7, 99, 93),
        ("GET", 206, 1000, 2_000_000, 1_999_001),
        ("HEAD", 200, 0, None, 0),
    ]


def test_a_small_range_keeps_the_connection_for_the_next_one(port, episode):
    with phone(port) as wire:
        for first in (0, 100, 200):
            wire.sendall(
                f"GET {episode.get_enclosure_url()} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Range: bytes={first}-{first + 9}\r\n\r\n".encode()
            )
            received = wire.recv(65536)
            while not received.endswith(AUDIO[first : first + 10]):
                piece = wire.recv(65536)
                assert piece, received
                received += piece

    assert b"HTTP/1.1 206" in received


def test_a_broken_download_is_noted_with_what_arrived(port, episode):
    read = read_and_leave(port, episode.get_enclosure_url(), 100_000, User_Agent="A/1")

    (note,) = notes(1)
    # What the phone's kernel had taken in when it left was delivered too, though nobody heard it.
    assert read == 100_000
    assert 100_000 <= note.sent < 400_000, note.sent


def test_downloads_broken_off_anywhere_are_resumed_byte_exact(port, episode):
    url = episode.get_enclosure_url()
    chance = random.Random(3)
    received = bytearray()
    etag = get(port, url, "HEAD")[1]["etag"]

    while len(received) < len(AUDIO):
        wire = phone(port)
        wanted = f"Range: bytes={len(received)}-\r\nIf-Range: {etag}"
        wire.sendall(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1\r\n{wanted}\r\n\r\n".encode())
        data = b""
        stop_at = chance.randrange(200_000, 2_000_000)
        while len(data) < stop_at:
            piece = wire.recv(65536)
            if not piece:
                break
            data += piece
        wire.close()
        head, _, part = data.partition(b"\r\n\r\n")
        assert b" 206 " in head.splitlines()[0]
        received += part

    assert hashlib.sha256(received).hexdigest() == episode.audio_sha256


def test_a_hundred_slow_readers_hold_nobody_up(port, episode):
    slow = []
    for _ in range(100):
        wire = phone(port)
        wire.sendall(f"GET {episode.get_enclosure_url()} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        slow.append(wire)
    for wire in slow:
        wire.recv(1000)

    started = time.monotonic()
    answers = [get(port, "/audio/no/no/00000000.mp3")[0] for _ in range(10)]
    small = get(port, episode.get_enclosure_url(), Range="bytes=0-9")
    whole = get(port, episode.get_enclosure_url())
    took = time.monotonic() - started
    for wire in slow:
        wire.close()

    assert set(answers) == {404}
    assert small[2] == AUDIO[:10]
    assert whole[2] == AUDIO
    assert took < 3


def test_a_dead_database_stops_no_published_audio_and_opens_no_other(port, episode):
    scheduled = make_episode(episode.show, audio_content=b"later" * 100, published_at=in_one_hour())
    withdrawn = make_episode(episode.show, audio_content=b"gone" * 100, state=Episode.State.WITHDRAWN)
    get(port, episode.get_enclosure_url(), Range="bytes=0-1")
    hold = connection.cursor()
    hold.execute("BEGIN; LOCK TABLE episodes_episode IN ACCESS EXCLUSIVE MODE")
    time.sleep(1.1)
    try:
        started = time.monotonic()
        first = get(port, episode.get_enclosure_url())
        took_first = time.monotonic() - started
        started = time.monotonic()
        again = [get(port, episode.get_enclosure_url(), Range="bytes=0-99")[2] for _ in range(20)]
        took_again = time.monotonic() - started
        hidden = [get(port, one.get_enclosure_url())[0] for one in (scheduled, withdrawn)]
    finally:
        hold.execute("ROLLBACK")

    assert first[2] == AUDIO
    assert set(again) == {AUDIO[:100]}
    # Each waiting in vain for half a second they would take ten; once a second one does, since only a table is locked.
    assert (took_first < 2, took_again < 5) == (True, True)
    assert hidden == [503, 503]


def test_a_worker_killed_in_the_middle_loses_no_written_note(port, episode):
    for first in range(5):
        get(port, episode.get_enclosure_url(), Range=f"bytes={first}-{first + 500_000}", User_Agent="A/1")
    written = notes(5)
    for pid in {int(path.name.split("-")[1]) for path in (settings.VAR_DIR / "deliveries").glob("*.notes")}:
        os.kill(pid, signal.SIGKILL)

    status = get(port, episode.get_enclosure_url(), Range="bytes=0-1")[0]

    assert len(written) == 5
    assert status == 206
    assert len(notes(6)) == 6


def test_the_notes_and_the_log_hold_no_address(port, episode, tmp_path):
    with socket.create_connection(("127.0.0.1", port)) as wire:
        forged = "Host: localhost\r\nX-Forwarded-For: 203.0.113.77"
        wire.sendall(f"GET {episode.get_enclosure_url()} HTTP/1.1\r\n{forged}\r\n\r\n".encode())
        wire.recv(1000)
    notes(1)

    kept = [path.read_bytes() for path in settings.VAR_DIR.rglob("*") if path.is_file()]
    kept.append((tmp_path / "gunicorn.log").read_bytes())
    assert not any(b"203.0.113.77" in data or b"127.0.0.1" in data for data in kept)


def test_a_redeploy_fails_no_request_and_cuts_no_short_download(port, episode):
    answers = []
    for turn in range(60):
        if turn == 10:
            os.kill(first_process[port], signal.SIGHUP)  # new workers; the old ones finish what they began
        answers.append(get(port, episode.get_enclosure_url(), Range="bytes=0-299999"))
        time.sleep(0.03)

    assert {answer[0] for answer in answers} == {206}
    assert all(answer[2] == AUDIO[:300_000] for answer in answers)


def test_locked_statistics_delay_nothing(port, episode):
    get(port, episode.get_enclosure_url(), Range="bytes=0-1")
    hold = connection.cursor()
    hold.execute("BEGIN; LOCK TABLE downloads_request, downloads_dailydownload IN ACCESS EXCLUSIVE MODE")
    try:
        started = time.monotonic()
        answers = [get(port, episode.get_enclosure_url(), User_Agent=f"A/{n}")[2] for n in range(3)]
        took = time.monotonic() - started
    finally:
        hold.execute("ROLLBACK")

    assert answers == [AUDIO] * 3
    assert took < 3


def test_an_address_that_a_client_claims_makes_no_new_listener(port, episode):
    for number in range(3):
        get(
            port,
            episode.get_enclosure_url(),
            User_Agent="A/1",
            Range="bytes=0-9",
            X_Forwarded_For=f"203.0.113.{number}",
            Forwarded=f"for=203.0.113.{number}",
            X_Real_IP=f"203.0.113.{number}",
        )

    assert len({note.client for note in notes(3)}) == 1
