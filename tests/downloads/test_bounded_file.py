"""A file is read within its range only, and says how far it came."""

import contextlib
import socket
import threading

from downloads.delivery.bounded_file import open_part
from downloads.delivery.byteranges import ByteRange


def test_reading_stops_at_the_end_of_the_range(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"0123456789")
    told = []

    part = open_part(path, ByteRange(2, 5), told.append)
    pieces = [part.read(3), part.read(3), part.read(3), part.read()]
    part.close()
    part.close()

    assert pieces == [b"234", b"5", b"", b""]
    assert told == [4]


def test_sendfile_tells_how_much_went_out_when_the_reader_leaves(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"x" * 20_000_000)
    told = []
    ours, theirs = socket.socketpair()

    def read_a_little_and_leave():
        theirs.recv(1000)
        theirs.close()

    reader = threading.Thread(target=read_a_little_and_leave)
    part = open_part(path, ByteRange(100, 19_999_999), told.append)
    reader.start()
    with contextlib.suppress(OSError):
        ours.sendfile(part, offset=100, count=part.part.length)
    part.close()
    reader.join()
    ours.close()

    assert 1000 <= told[0] < 19_000_000
