"""Feeds of 10 to 5,000 episodes, built and sent, beside a view that sends constant bytes: python benchmarks/feed.py

Needs wrk. Makes a database beside the test database; starts the site and the floor (benchmarks/feed_floor.py) under
the same gunicorn (gthread, 2 processes of 4 threads) and asks them in turns, over four connections to each process
(benchmarks/side_by_side.py), so that a busy machine is busy for both. Prints Markdown. Trust the ratios, not the
requests a second. `--rounds N --seconds S` for longer runs.
"""

import argparse
import os
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings_test")

from benchmarks.goals import note  # noqa: E402
from benchmarks.side_by_side import FLOOR_PORT, KINDS, SITE_PORT, Row, compare, gunicorn  # noqa: E402

SIZES = (10, 100, 1000, 5000)
WHOLE = 1_000_000  # a limit of episodes a page that no show reaches


def main(rounds: int, seconds: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.feed_rows import fill

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    folder = Path(tempfile.mkdtemp(prefix="feed-benchmark-"))
    try:
        ids = {size: fill(f"show-{size}", size, feed_limit=WHOLE) for size in SIZES}
        ids["paged"] = fill("paged", 1000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        _building(ids)
        name = connection.settings_dict["NAME"]
        connection.close()
        _sending(folder, name, rounds, seconds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _building(ids: dict) -> None:
    """CPU of building, in this process and in Postgres; the least of five, since others use the machine too."""
    from django.utils import timezone

    from episodes.models import Episode
    from publishing.feed.bodies import Body
    from publishing.rss.feed import build

    print("| episodes | first ever | cold, notes kept | one changed | gzip | bytes an episode |")
    print("|---:|---:|---:|---:|---:|---:|")
    now = timezone.now()
    for size in SIZES:
        show_id = ids[size]
        first, feed = _cpu(lambda show_id=show_id: build(show_id, 1, 1, now))
        forgotten = replace(feed, about=replace(feed.about, context="another"))
        cold = min(_cpu(lambda show_id=show_id, kept=forgotten: build(show_id, 1, 1, now, kept))[0] for _ in range(5))
        Episode.objects.filter(show_id=show_id, number=size // 2).update(title="Another title")
        changed = min(_cpu(lambda show_id=show_id, kept=feed: build(show_id, 1, 1, now, kept))[0] for _ in range(5))
        body = Body(feed.page(1))
        packed, _ = _cpu(lambda body=body: body.gzipped)
        each = f"{len(body.content) // size:,} ({len(body.gzipped) // size:,} packed)"
        print(f"| {size:,} | {first:.0f} ms | {cold:.0f} ms | {changed:.1f} ms | {packed:.0f} ms | {each} |")
        if size == 1000:
            note("feed of 1,000, built anew: CPU with Postgres", cold, "ms", most=150)
            note("feed of 1,000, one episode changed", changed, "ms", most=30)
    print()


def _cpu(work) -> tuple[float, object]:
    """CPU milliseconds of the work, ours and the database's, and its result."""
    before = time.process_time() + _postgres_seconds()
    result = work()
    return (time.process_time() + _postgres_seconds() - before) * 1000, result


def _postgres_seconds() -> float:
    """CPU of the backend that serves this process's connection; 0 where Postgres runs elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _sending(folder: Path, database: str, rounds: int, seconds: int) -> None:
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    shows = [f"show-{size}" for size in SIZES] + ["paged"]
    site_environment = {
        "DJANGO_SETTINGS_MODULE": "tests.downloads.server_settings",
        "TEST_DATABASE_NAME": database,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_DIR": str(folder / "media"),
        "SITE_URL": f"http://127.0.0.1:{SITE_PORT}",
        "LOG_LEVEL": "ERROR",
    }
    ready = f"/{shows[0]}/feed.xml"
    with gunicorn("coproduction_site.wsgi:application", SITE_PORT, site_environment, folder, ready=ready) as site:
        marks = {}
        for show in shows:
            for encoding, ending in (("identity", ""), ("gzip", ".gz")):
                answer = _get(SITE_PORT, show, encoding)
                (floor_folder / f"{show}.xml{ending}").write_bytes(answer.read())
                marks[show] = answer.headers["ETag"]
        floor_environment = {"FLOOR_FOLDER": str(floor_folder), "DJANGO_SETTINGS_MODULE": ""}
        with gunicorn("benchmarks.feed_floor:application", FLOOR_PORT, floor_environment, folder, ready=ready) as floor:
            paths = {show: f"/{show}/feed.xml" for show in shows}
            rows = [Row(show, kind, marks[show], path, path) for show, path in paths.items() for kind in KINDS]
            compare("feed", rows, site, floor, database, rounds=rounds, seconds=seconds)


def _get(port: int, show: str, encoding: str):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{show}/feed.xml", headers={"Accept-Encoding": encoding})
    return urllib.request.urlopen(request, timeout=60)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    chosen = parser.parse_args()
    main(chosen.rounds, chosen.seconds)
