"""An episode's page and the archive at 100, 1,000 and 5,000 episodes, beside floors: python benchmarks/pages.py

First the processor time of one answer: each request goes through the whole WSGI handler of this process, so that what
is counted is our CPU and Postgres', and a busy machine blurs it little. Floors of the same run: constant bytes under
startproject's middleware, and the same episode and list read and shown the way a first Django project would.
Then (with wrk) both pages sent by two workers beside a server of constant bytes, and the workers' memory.
Prints Markdown, ratios last; about three minutes. `--seconds S` for longer sending.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings_test")

SIZES = (100, 1000, 5000)
ROUNDS, REQUESTS = 5, 8
STOCK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def main(seconds: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.feed_rows import fill
    from benchmarks.pages_sending import send

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    folder = Path(tempfile.mkdtemp(prefix="pages-benchmark-"))
    try:
        for size in SIZES:
            fill(f"show-{size}", size)
        with connection.cursor() as cursor:
            # As a site is that has run for a day: autovacuum has been there.
            cursor.execute("VACUUM ANALYZE")
        figures = measure_all()
        tell(figures)
        name = connection.settings_dict["NAME"]
        connection.close()
        send(folder, name, "/show-1000/episode-1000/", "/show-1000/episodes/", seconds)
        print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    finally:
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure_all() -> dict[str, list[float]]:
    """Milliseconds by what was asked, one for each size; sizes and floors take turns, so that all see the same load."""
    kinds = {size: asked(f"show-{size}") for size in SIZES}
    figures: dict[str, list[list[float]]] = {what: [[] for _ in SIZES] for what in kinds[SIZES[0]]}
    for works in kinds.values():
        for work in works.values():
            work()
    for _ in range(ROUNDS):
        for place, size in enumerate(SIZES):
            for what, work in kinds[size].items():
                figures[what][place].append(cpu(work))
    return {what: [statistics.median(one) for one in sizes] for what, sizes in figures.items()}


def tell(figures: dict[str, list[float]]) -> None:
    print("| what | " + " | ".join(f"{size:,} episodes" for size in SIZES) + " | 5,000 : 100 |")
    print("|---|" + "---:|" * (len(SIZES) + 1))
    for what, row in figures.items():
        print(f"| {what} | " + " | ".join(f"{ms:.2f} ms" for ms in row) + f" | {row[-1] / row[0]:.2f} |")
    print("\n| ratio, at 1,000 episodes | measured | goal |\n|---|---:|---:|")
    at = {what: row[1] for what, row in figures.items()}
    for name, over, under, goal in (
        ("episode, words kept: plain ORM's time / ours", "floor: plain ORM episode", "episode, words kept", "≥ 1.5"),
        ("episode, nothing kept", "floor: plain ORM episode", "episode, nothing kept", "–"),
        ("archive, nothing kept", "floor: plain ORM list", "archive, nothing kept", "≥ 1.2"),
        ("episode, page kept: constant's time / ours", "floor: constant bytes", "episode, page kept, gzip", "≥ 0.8"),
        ("archive, page kept", "floor: constant bytes", "archive, page kept, gzip", "≥ 0.8"),
    ):
        print(f"| {name} | {at[over] / at[under]:.2f} | {goal} |")
    print()


def asked(show_slug: str) -> dict:
    """What is measured of a show, by name; each is a call without arguments."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    from benchmarks import pages_floor
    from coproduction_site.wsgi import application as site
    from episodes.models import Episode
    from publishing.pages.transcript_html import KEPT
    from publishing.views.answering import STORED_PAGES

    newest = Episode.objects.published().filter(show__slug=show_slug, transcripts__isnull=False).newest_first()
    episode = newest.select_related("show")[0]
    give_words(episode)
    page, archive = episode.get_absolute_url(), f"/{show_slug}/episodes/"
    pages_floor.BODY = Answer(site, page, gzip=True).body
    etag = Answer(site, page).headers["ETag"]

    def stock(path: str):
        def work() -> None:
            with override_settings(MIDDLEWARE=STOCK_MIDDLEWARE, ROOT_URLCONF="benchmarks.pages_floor"):
                handler = WSGIHandler()
                return [Answer(handler, path) for _ in range(REQUESTS)]

        return work

    def ours(path: str, *, words_too: bool = False, forget: bool = True, **how):
        def work() -> None:
            for _ in range(REQUESTS):
                if forget:
                    STORED_PAGES.clear()
                if words_too:
                    KEPT.clear()
                Answer(site, path, **how)

        return work

    return {
        "floor: constant bytes": stock("/constant/"),
        "floor: plain ORM episode": stock(f"/orm/{episode.pk}/"),
        "floor: plain ORM list": stock(f"/orm/{show_slug}/list/"),
        "episode, nothing kept": ours(page, words_too=True),
        "episode, words kept": ours(page),
        "episode, page kept, gzip": ours(page, forget=False, gzip=True),
        "episode, 304": ours(page, forget=False, etag=etag),
        "archive, nothing kept": ours(archive),
        "archive, page kept, gzip": ours(archive, forget=False, gzip=True),
    }


def give_words(episode) -> None:
    """A half-hour's transcript: 250 sentences of 18 words by two voices."""
    from transcripts.models import Segment, VoiceLabel

    transcript = episode.transcripts.first()
    transcript.segments.all().delete()
    voices = [VoiceLabel.objects.create(transcript=transcript, label=name) for name in ("Ann", "Bo")]
    text = "We often begin these talks by inviting people to see that care is a service made by two."
    Segment.objects.bulk_create(
        Segment(
            transcript=transcript,
            position=number,
            text=text,
            start_ms=number * 7000,
            end_ms=number * 7000 + 6500,
            status="ok",
            voice=voices[number // 8 % 2],
            starts_paragraph=number % 5 == 0,
        )
        for number in range(250)
    )


class Answer:
    """One request through a handler, its body read as a server would."""

    def __init__(self, handler, path: str, *, gzip: bool = False, etag: str = "") -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "testserver",
            "HTTP_HOST": "testserver",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        if gzip:
            environ["HTTP_ACCEPT_ENCODING"] = "gzip"
        if etag:
            environ["HTTP_IF_NONE_MATCH"] = etag
        found = handler(environ, self._start)
        self.body = b"".join(found)
        getattr(found, "close", lambda: None)()
        assert self.status in ("200 OK", "304 Not Modified"), (path, self.status)

    def _start(self, status, headers, *rest) -> None:
        self.status, self.headers = status, dict(headers)


def cpu(work) -> float:
    """CPU milliseconds of one request, ours and the database's; `work` makes REQUESTS of them."""
    from benchmarks.feed import _postgres_seconds

    before = time.process_time() + _postgres_seconds()
    work()
    return (time.process_time() + _postgres_seconds() - before) / REQUESTS * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    main(parser.parse_args().seconds)
