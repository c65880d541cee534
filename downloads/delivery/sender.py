"""One thread that sends many audio files to many listeners, each as fast as it reads."""

import contextlib
import fcntl
import os
import select
import socket
import struct
import termios
import threading
import time
from dataclasses import dataclass
from typing import BinaryIO

from downloads.delivery.bounded_file import Closed
from downloads.delivery.byteranges import ByteRange

MOST_LISTENERS = 2000
# A turn's share of one listener; so a fast one does not keep the others waiting.
TURN_BYTES = 1024 * 1024
# Who reads nothing for so long has gone; players that come back ask for the rest by a range.
STALLED_SECONDS = 300
# How long the last bytes may stay unconfirmed before what was confirmed is taken as all.
SETTLE_SECONDS = 60
# Not more than this waits in the kernel beyond what is on its way: what lies there has not been delivered.
WAITING_BYTES = 256 * 1024
_TICK_SECONDS = 0.2
_TCP_NOTSENT_LOWAT = 25
_TCP_INFO_BYTES_ACKED = slice(120, 128)


@dataclass
class _Job:
    wire: socket.socket
    file: BinaryIO
    part: ByteRange
    on_close: Closed | None
    sent: int = 0
    moved_at: float = 0.0
    settle_at: int = 0  # the connection's count of confirmed bytes once all is delivered


class Sender:
    """Sends file parts over connections it owns; says for each how many bytes the other side confirmed.

    Bytes given to the kernel are not yet delivered: megabytes may wait there when a listener leaves. After the last
    byte the connection is watched until its peer has confirmed all (Linux's TCP_INFO), then closed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[int, _Job] = {}
        self._poll: select.epoll | None = None
        self._pid = 0

    def has_room(self) -> bool:
        return hasattr(select, "epoll") and len(self._jobs) < MOST_LISTENERS

    def send(self, wire: socket.socket, file: BinaryIO, part: ByteRange, on_close: Closed | None) -> None:
        """Take over the connection and the file; both are closed when the part is sent or the listener leaves."""
        wire.setblocking(False)
        with contextlib.suppress(OSError):  # not TCP, or not Linux: send without them
            wire.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, WAITING_BYTES)
        job = _Job(wire, file, part, on_close, moved_at=time.monotonic())
        with self._lock:
            if self._pid != os.getpid():
                self._jobs, self._poll, self._pid = {}, select.epoll(), os.getpid()
                # Not a daemon: a worker that is told to stop lets its listeners finish, as long as gunicorn waits.
                threading.Thread(target=self._run, name="audio-sender", daemon=False).start()
            assert self._poll is not None
            self._jobs[wire.fileno()] = job
            self._poll.register(wire.fileno(), select.EPOLLOUT)

    def _run(self) -> None:
        assert self._poll is not None
        checked_at = time.monotonic()
        while self._jobs or threading.main_thread().is_alive():
            for descriptor, event in self._poll.poll(_TICK_SECONDS, 256):
                job = self._jobs.get(descriptor)
                if job is not None:
                    self._serve(job, event)
            if time.monotonic() - checked_at >= _TICK_SECONDS:
                checked_at = time.monotonic()
                self._check(checked_at)

    def _serve(self, job: _Job, event: int) -> None:
        """Send a turn's share to one listener that can take more."""
        left = job.part.length - job.sent
        if event & (select.EPOLLERR | select.EPOLLHUP) or left <= 0:
            self._finish(job)
            return
        try:
            went = os.sendfile(job.wire.fileno(), job.file.fileno(), job.part.first + job.sent, min(left, TURN_BYTES))
        except BlockingIOError:
            return
        except OSError:
            self._finish(job)
            return
        job.sent += went
        job.moved_at = time.monotonic()
        if went == 0:  # the file ends early; it was cut after it was measured
            self._finish(job)
        elif job.sent == job.part.length:
            self._settle(job)

    def _settle(self, job: _Job) -> None:
        """All is given to the kernel: wait, without looking for room, until the other side has confirmed it."""
        confirmed = _confirmed(job.wire)
        waiting = _unconfirmed(job.wire)
        if confirmed is None or waiting == 0:
            self._finish(job, all_confirmed=True)
            return
        job.settle_at = confirmed + waiting
        assert self._poll is not None
        self._poll.modify(job.wire.fileno(), 0)  # errors are still reported
        with contextlib.suppress(OSError):
            job.wire.shutdown(socket.SHUT_WR)

    def _check(self, now: float) -> None:
        """Close what is confirmed, and what has stalled."""
        for job in list(self._jobs.values()):
            if job.settle_at:
                confirmed = _confirmed(job.wire)
                if confirmed is None or confirmed >= job.settle_at or now - job.moved_at > SETTLE_SECONDS:
                    self._finish(job)
            elif now - job.moved_at > STALLED_SECONDS:
                self._finish(job)

    def _finish(self, job: _Job, *, all_confirmed: bool = False) -> None:
        if job.settle_at:
            confirmed = _confirmed(job.wire)
            missing = 0 if confirmed is None else max(0, job.settle_at - confirmed)
        else:
            missing = 0 if all_confirmed else _unconfirmed(job.wire)
        with self._lock:
            self._jobs.pop(job.wire.fileno(), None)
        assert self._poll is not None
        with contextlib.suppress(OSError, ValueError):
            self._poll.unregister(job.wire.fileno())
        job.wire.close()
        job.file.close()
        if job.on_close:
            job.on_close(max(0, job.sent - missing))


def _unconfirmed(wire: socket.socket) -> int:
    """Bytes in the kernel that the other side has not confirmed; 0 where the system does not tell."""
    try:
        answer = fcntl.ioctl(wire.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])


def _confirmed(wire: socket.socket) -> int | None:
    """How many bytes the other side has confirmed on this connection so far; None where the system does not tell."""
    try:
        info = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232)
    except (OSError, AttributeError):
        return None
    return int.from_bytes(info[_TCP_INFO_BYTES_ACKED], "little") if len(info) >= 128 else None


# One for each process; its thread starts with the first listener.
sender = Sender()
