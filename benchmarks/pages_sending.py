"""Both pages sent by a real server beside one of constant bytes, and the memory its workers hold afterwards."""

import shutil
import statistics
import subprocess
import urllib.request
from pathlib import Path

from benchmarks.feed import FLOOR_PORT, SITE_PORT, _gunicorn, _workers_seconds

ROUNDS = 3


def send(folder: Path, database: str, episode: str, archive: str, seconds: int) -> None:
    """Print requests a second and CPU of each answer as ratios to the floor's, and the proportional set size."""
    if not shutil.which("wrk"):
        print("wrk is not installed: sending was not measured.")
        return
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    site_environment = {
        "DJANGO_SETTINGS_MODULE": "tests.downloads.server_settings",
        "TEST_DATABASE_NAME": database,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_DIR": str(folder / "media"),
        "SITE_URL": f"http://127.0.0.1:{SITE_PORT}",
        "LOG_LEVEL": "ERROR",
    }
    pages = {"episode": episode, "archive": archive}
    marks = {}
    with _gunicorn("coproduction_site.wsgi:application", SITE_PORT, site_environment, folder, ready="/") as site:
        for name, path in pages.items():
            request = urllib.request.Request(_url(SITE_PORT, path), headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                (floor_folder / f"{name}.xml.gz").write_bytes(answer.read())
                marks[name] = answer.headers["ETag"]
        floor_environment = {"FLOOR_FOLDER": str(floor_folder), "DJANGO_SETTINGS_MODULE": ""}
        ready = "/episode/feed.xml"
        with _gunicorn(
            "benchmarks.feed_floor:application", FLOOR_PORT, floor_environment, folder, ready=ready
        ) as floor:
            print("| page | answer | site req/s | floor req/s | × floor | CPU × floor |\n|---|---|---:|---:|---:|---:|")
            for name, path in pages.items():
                for kind in ("304", "packed"):
                    urls = (_url(SITE_PORT, path), _url(FLOOR_PORT, f"/{name}/feed.xml"))
                    marked = (marks[name], '"constant"') if kind == "304" else ("", "")
                    pairs = []
                    for number in range(ROUNDS):
                        found = {}
                        for which in (0, 1) if number % 2 else (1, 0):
                            found[which] = _wrk(urls[which], marked[which], (site, floor)[which], seconds)
                        pairs.append((found[0], found[1]))
                    rates = [statistics.median(pair[which][0] for pair in pairs) for which in (0, 1)]
                    speed = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
                    cpu = statistics.median(pair[0][1] / pair[1][1] for pair in pairs)
                    print(
                        f"| {name} | {kind} | {rates[0]:,.0f} | {rates[1]:,.0f} | {speed:.2f} | {cpu:.2f} |", flush=True
                    )
        print(f"\nMemory of the site's master and two workers after this: {_held_mb(site):.0f} MB (PSS); goal 140.")


def _url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path}"


def _wrk(url: str, mark: str, master: int, seconds: int) -> tuple[float, float]:
    """Requests a second, and CPU milliseconds of the web server for each."""
    header = f"If-None-Match: {mark}" if mark else "X-Nothing: 1"
    before = _workers_seconds(master)
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", "-H", header, url]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    cpu = _workers_seconds(master) - before
    assert not any("Non-2xx" in line for line in lines), lines
    requests = int(next(line for line in lines if " requests in " in line).split()[0])
    return float(next(line for line in lines if line.startswith("Requests/sec")).split()[1]), cpu * 1000 / requests


def _held_mb(master: int) -> float:
    """Proportional set size of a process and its children: what they share counts once."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    kilobytes = 0
    for pid in (master, *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1000
