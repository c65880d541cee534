"""A file has its name only when its bytes are on the disk."""

import os

import pytest
from django.core.files.storage import FileSystemStorage

from episodes.filing import keep_file


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_flushed_before_it_has_its_name(tmp_path, monkeypatch, links):
    source, done = tmp_path / "source", []
    source.write_bytes(b"sound")
    flush, name_it = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: done.append(("flushed", os.fstat(handle).st_ino)) or flush(handle))
    monkeypatch.setattr(os, "replace", lambda old, new: done.append(("named", old.stat().st_ino)) or name_it(old, new))
    if not links:
        monkeypatch.setattr(os, "link", lambda old, new: (_ for _ in ()).throw(OSError("another disk")))

    keep_file(FileSystemStorage(tmp_path / "kept"), "audio/a.mp3", source)

    kept = tmp_path / "kept" / "audio" / "a.mp3"
    assert kept.read_bytes() == b"sound"
    assert done == [("flushed", kept.stat().st_ino), ("named", kept.stat().st_ino)]
