"""Counts downloads: from the waiting notes, from an access log, or from nginx as it sends."""

import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from downloads.counting.delivery_notes import salts, spool
from downloads.counting.sent_elsewhere import AudioByAddress, note_of_line, take_in_log
from downloads.counting.tally import count_new, count_unjudged

_LONGEST_DATAGRAM = 65536
# Where systemd puts the first socket it hands over (sd_listen_fds).
_HANDED_OVER = 3


class Command(BaseCommand):
    help = (
        "Count downloads now. With --log FILE, from an access log of nginx, Caddy or S3 (a log may be read again, "
        "nothing is counted twice). With --listen SOCKET, note what nginx tells by syslog: no address reaches a disk."
    )

    def add_arguments(self, parser):
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--log", metavar="FILE", action="append", default=[], help='May be repeated; "-" is stdin.')
        source.add_argument("--listen", metavar="SOCKET", help="Path of the Unix socket that nginx's access_log names.")

    def handle(self, *args, log, listen, **options):
        if listen:
            self.note_datagrams(Path(listen))
            return
        new = sum(self.read(name) for name in log) if log else count_new()
        days = {day for day, _ in count_unjudged()}
        where = "in the log" if log else "waiting"
        self.stdout.write(f"{new} new requests {where}; the downloads of {len(days)} days were counted.")

    def read(self, name: str) -> int:
        if name == "-":
            return take_in_log(sys.stdin)
        try:
            with open(name, encoding="utf-8", errors="surrogateescape") as lines:
                return take_in_log(lines)
        except OSError as error:
            raise CommandError(
                f"{name} cannot be read ({error.strerror}). Name a log file this user may read."
            ) from None

    def note_datagrams(self, path: Path) -> None:
        stop = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.append(True))
        handed_over = os.environ.get("LISTEN_PID") == str(os.getpid())
        inbox = socket.socket(fileno=_HANDED_OVER) if handed_over else inbox_at(path)
        inbox.settimeout(0.5)
        self.stdout.write(f"Noting what nginx sends to {path}.")
        self.stdout.flush()
        audio, renewed_at = AudioByAddress(), time.monotonic()
        with inbox:
            while not stop:
                try:
                    line = inbox.recv(_LONGEST_DATAGRAM).decode("utf-8", "replace")
                except TimeoutError:
                    continue
                if time.monotonic() - renewed_at > 5:
                    audio, renewed_at = AudioByAddress(), time.monotonic()
                note = note_of_line(line, audio, salts())
                if note:
                    spool().write(note)
        if not handed_over:  # systemd keeps its own, and with it what comes before the next start
            path.unlink(missing_ok=True)


def inbox_at(path: Path) -> socket.socket:
    """A socket of our own at this path. Raises CommandError."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        inbox.bind(str(path))
        os.chmod(path, 0o660)
    except OSError as error:
        raise CommandError(f"{path} cannot be made ({error.strerror}). Choose a folder this user may write.") from None
    return inbox
