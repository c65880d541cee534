"""Copies of covers beside the web server, made by several threads at once."""

import os
import threading

from downloads.delivery import public_copies


def test_room_is_made_while_other_threads_name_and_forget_copies(tmp_path):
    (tmp_path / "newest.jpg").write_bytes(b"x")
    is_over = threading.Event()

    def come_and_go(number: int) -> None:
        while not is_over.is_set():
            partial = tmp_path / f".{number}.partial"
            partial.write_bytes(b"half")
            partial.replace(tmp_path / f"{number}.jpg").unlink()

    threads = [threading.Thread(target=come_and_go, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2000):
            public_copies._make_room(tmp_path, tmp_path / "newest.jpg")
    finally:
        is_over.set()
        for thread in threads:
            thread.join()

    assert (tmp_path / "newest.jpg").exists()


def test_the_copies_fetched_first_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr(public_copies, "MOST_KEPT_BYTES", 10)
    for age, name in enumerate(("first", "second", "third")):
        (tmp_path / name).write_bytes(b"12345")
        os.utime(tmp_path / name, (age, age))

    public_copies._make_room(tmp_path, tmp_path / "third")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["second", "third"]
