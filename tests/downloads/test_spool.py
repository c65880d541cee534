"""Notes lie on disk from the moment they are written."""

import subprocess
import sys
from dataclasses import replace

from downloads.counting.spool import DeliveryNote, Spool, read_notes

NOTE = DeliveryNote(
    at_ms=1_764_000_000_000,
    episode=1,
    audio="abcd1234",
    audio_bytes=4_804_000,
    needed=484_000,
    client="0" * 32,
    agent="App/1 Ünï\n\"'",
    place="",
    method="GET",
    status=206,
    first=0,
    asked_last=1,
    sent=2,
    data_centre=False,
    source="disk",
)


def test_a_note_is_read_as_it_was_written(tmp_path):
    spool = Spool(tmp_path)
    notes = [NOTE, replace(NOTE, asked_last=None, sent=4_804_000)]

    for note in notes:
        spool.write(note)

    (file,) = tmp_path.glob("*.notes")
    assert list(read_notes(file, DeliveryNote)) == notes


def test_a_file_in_use_is_left_alone(tmp_path):
    spool = Spool(tmp_path)

    spool.write(NOTE)
    (file,) = tmp_path.glob("*.notes")
    started = int(file.name.split("-")[0])

    assert spool.finished(now=started + 29) == []
    assert spool.finished(now=started + 30) == [file]


def test_a_note_survives_kill_9(tmp_path):
    program = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {sys.path[0]!r}); sys.path.insert(0, os.getcwd())
from downloads.counting.spool import DeliveryNote, Spool
from tests.downloads.test_spool import NOTE
Spool(Path({str(tmp_path)!r})).write(NOTE)
os.kill(os.getpid(), signal.SIGKILL)
"""

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30)

    assert ended.returncode == -9, ended.stderr
    (file,) = tmp_path.glob("*.notes")
    assert list(read_notes(file, DeliveryNote)) == [NOTE]


def test_a_line_cut_short_is_left_out(tmp_path):
    Spool(tmp_path).write(NOTE)
    (file,) = tmp_path.glob("*.notes")

    with file.open("ab") as end:
        end.write(b'[1764000000000,1,"ab')

    assert list(read_notes(file, DeliveryNote)) == [NOTE]


def test_a_full_or_missing_disk_does_not_raise(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")

    assert Spool(blocked).write(NOTE) is False
