"""Both pages sent by a real server beside one of constant bytes, and the memory its workers hold afterwards."""

import shutil
import urllib.request
from pathlib import Path

from benchmarks.goals import note
from benchmarks.side_by_side import FLOOR_PORT, KINDS, SITE_PORT, Row, compare, gunicorn


def send(folder: Path, database: str, episode: str, archive: str, *, rounds: int, seconds: int) -> None:
    """Print requests a second and CPU of each answer as ratios to the floor's, and the proportional set size."""
    if not shutil.which("wrk"):
        print("wrk is not installed: sending was not measured.")
        return
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    site_environment = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "TEST_DATABASE_NAME": database,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_DIR": str(folder / "media"),
        "SITE_URL": f"http://127.0.0.1:{SITE_PORT}",
        "LOG_LEVEL": "ERROR",
    }
    pages = {"episode": episode, "archive": archive}
    marks = {}
    with gunicorn("coproduction_site.wsgi:application", SITE_PORT, site_environment, folder, ready="/") as site:
        for name, path in pages.items():
            request = urllib.request.Request(_url(SITE_PORT, path), headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                (floor_folder / f"{name}.xml.gz").write_bytes(answer.read())
                marks[name] = answer.headers["ETag"]
        floor_environment = {"FLOOR_FOLDER": str(floor_folder), "DJANGO_SETTINGS_MODULE": ""}
        ready = "/episode/feed.xml"
        with gunicorn("benchmarks.feed_floor:application", FLOOR_PORT, floor_environment, folder, ready=ready) as floor:
            rows = [
                Row(name, kind, marks[name], path, f"/{name}/feed.xml")
                for name, path in pages.items()
                for kind in KINDS
            ]
            compare("page", rows, site, floor, database, rounds=rounds, seconds=seconds)
        held_mb = _held_mb(site)
        note("memory of two workers and their master (PSS)", held_mb, "MB", most=140)
        print(f"\nMemory of the site's master and two workers after this: {held_mb:.0f} MB (PSS); goal 140.")


def _url(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path}"


def _held_mb(master: int) -> float:
    """Proportional set size of a process and its children: what they share counts once."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    kilobytes = 0
    for pid in (master, *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1000
