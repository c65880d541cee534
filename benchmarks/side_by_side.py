"""The site beside constant bytes: both under the same gunicorn, asked in turns over connections spread evenly.

Whichever of gunicorn's processes wakes first takes as many new connections as it can: of wrk's eight, all eight in
every second run, and then one process answers while the other sleeps. Runs that differ in nothing else differ by a
factor of three. So each process is given its four while the others are held still.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.goals import note

ROOT = Path(__file__).resolve().parent.parent
SITE_PORT, FLOOR_PORT = 8361, 8362
PROCESSES, THREADS = 2, 4
WARM_SECONDS = 1
KINDS = ("304", "packed")


@dataclass(frozen=True)
class Row:
    """What is asked for: `kind` one of KINDS, `mark` the site's ETag, a path of the site and one of the floor."""

    name: str
    kind: str
    mark: str
    site_path: str
    floor_path: str


@dataclass(frozen=True)
class Load:
    """Requests a second, and CPU milliseconds of the web server and of its database for each."""

    rate: float
    web_ms: float
    database_ms: float


@contextmanager
def gunicorn(application: str, port: int, environment: dict[str, str], folder: Path, *, ready: str) -> Iterator[int]:
    """The same server for both: what ./run starts, with 2 processes of 4 threads; yields its first process.

    `ready`: a path that answers once it runs.
    """
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--preload"]
    command += ["--worker-class", "gthread", "--workers", str(PROCESSES), "--threads", str(THREADS)]
    command += ["--keep-alive", "5", "--log-level", "warning", "--no-control-socket", "--config", "/dev/null"]
    with (folder / f"gunicorn-{port}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=60).read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit((folder / f"gunicorn-{port}.log").read_text()) from None
                time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def compare(what: str, rows: Sequence[Row], site: int, floor: int, database: str, *, rounds: int, seconds: int) -> None:
    """Print a table: medians, and the least and the greatest ratio of the rounds. `site`, `floor`: first processes."""
    print(f"| {what} | answer | site req/s | floor req/s | × floor (least–most) | CPU × floor | with Postgres |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for row in rows:
        ways = (
            (site, f"http://127.0.0.1:{SITE_PORT}{row.site_path}", row.mark if row.kind == "304" else "", database),
            (floor, f"http://127.0.0.1:{FLOOR_PORT}{row.floor_path}", '"constant"' if row.kind == "304" else "", ""),
        )
        for way in ways:
            while not undisturbed(*way, WARM_SECONDS).rate:
                continue  # a large body is read and packed for longer than that
        pairs = []
        for number in range(rounds):
            found = {which: undisturbed(*ways[which], seconds) for which in ((0, 1) if number % 2 else (1, 0))}
            pairs.append((found[0], found[1]))
        rates = [statistics.median(pair[which].rate for pair in pairs) for which in (0, 1)]
        speeds = [ours.rate / theirs.rate for ours, theirs in pairs]
        web = statistics.median(ours.web_ms / theirs.web_ms for ours, theirs in pairs)
        whole = statistics.median((ours.web_ms + ours.database_ms) / theirs.web_ms for ours, theirs in pairs)
        print(
            f"| {row.name} | {row.kind} | {rates[0]:,.0f} | {rates[1]:,.0f} | {statistics.median(speeds):.2f} "
            f"({min(speeds):.2f}–{max(speeds):.2f}) | {web:.2f} | {whole:.2f} |",
            flush=True,
        )
        note(f"{what} {row.name}, {row.kind}: requests a second × constant view", statistics.median(speeds), least=0.8)
        note(f"{what} {row.name}, {row.kind}: CPU with Postgres × constant view", whole, most=1.25)


class Disturbed(Exception):
    """A machine busy with other work: the database was silent for longer than a page waits, so not all was answered;
    or a process was too slow to take its connections."""


def undisturbed(master: int, url: str, mark: str, database: str, seconds: int) -> Load:
    """`load`, up to five times until all was answered; each time that it was not is told."""
    for _ in range(4):
        try:
            return load(master, url, mark, database, seconds)
        except Disturbed as why:
            print(f"Asked again: {why}", file=sys.stderr, flush=True)
    return load(master, url, mark, database, seconds)


def load(master: int, url: str, mark: str, database: str, seconds: int) -> Load:
    """Ask for `url` over four connections to each process, with If-None-Match where `mark` is given.

    Raises Disturbed where something else than 200 or 304 was answered, or one process took the other's connections.
    """
    header = f"If-None-Match: {mark}" if mark else "X-Nothing: 1"
    command = ["wrk", "-t1", f"-c{THREADS}", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", "-H", header, url]
    workers = _children(master)
    port = int(url.split(":")[2].split("/")[0])
    web_before, database_before = sum(map(_process_seconds, workers)), _database_seconds(database)
    clients = []
    try:
        for worker in workers:
            for other in workers:
                os.kill(other, signal.SIGCONT if other == worker else signal.SIGSTOP)
            clients.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            deadline = time.monotonic() + 2
            while _connections(worker, port) < THREADS and time.monotonic() < deadline:
                time.sleep(0.005)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    time.sleep(0.05)
    spread = [_connections(worker, port) for worker in workers]
    said = [client.communicate()[0].splitlines() for client in clients]
    if spread != [THREADS] * PROCESSES:
        raise Disturbed(f"{url}: the connections are not spread evenly: {spread}")
    web = sum(map(_process_seconds, workers)) - web_before
    # A connection that is a minute old is renewed: what its backend has used goes with it.
    in_database = sum(used - database_before.get(pid, 0.0) for pid, used in _database_seconds(database).items())
    failed = [line.strip() for lines in said for line in lines if "Non-2xx" in line or "Socket errors" in line]
    if failed:
        raise Disturbed(f"{url}: {'; '.join(failed)}")
    requests = sum(int(next(line for line in lines if " requests in " in line).split()[0]) for lines in said)
    rate = sum(float(next(line for line in lines if line.startswith("Requests/sec")).split()[1]) for lines in said)
    return Load(rate, web * 1000 / max(requests, 1), in_database * 1000 / max(requests, 1))


def _children(master: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def _process_seconds(pid: int) -> float:
    """CPU of a process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _database_seconds(name: str) -> dict[str, float]:
    """CPU of each Postgres backend that serves this database on this machine; none without a name."""
    spent = {}
    for folder in Path("/proc").glob("[0-9]*") if name else ():
        try:
            if (command := (folder / "cmdline").read_text()).startswith("postgres:") and f" {name} " in command:
                spent[folder.name] = int((folder / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue  # it has just ended
    return spent


def _connections(worker: int, port: int) -> int:
    """How many connections to this port the process has taken."""
    fields = [line.split() for line in Path(f"/proc/{worker}/net/tcp").read_text().splitlines()[1:]]
    taken = {f"socket:[{one[9]}]" for one in fields if one[3] == "01" and int(one[1].split(":")[1], 16) == port}
    held = 0
    for descriptor in Path(f"/proc/{worker}/fd").iterdir():
        try:
            held += os.readlink(descriptor) in taken
        except OSError:
            continue  # it has just been closed
    return held
