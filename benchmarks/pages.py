"""CPU of an episode's page and of the archive, at 100, 1,000 and 5,000 episodes: python benchmarks/pages.py

Each request goes through the whole WSGI handler of this process, so that what is counted is our CPU and Postgres', and
a busy machine blurs it little. Two floors are measured in the same run: `constant`, a view of constant bytes under
startproject's middleware, and `plain ORM`, the same episode read and shown the way a first Django project would.
Prints Markdown.
"""

import io
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings_test")

SIZES = (100, 1000, 5000)
ROUNDS, REQUESTS = 9, 20
STOCK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.feed_rows import fill

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        for size in SIZES:
            fill(f"show-{size}", size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print("| what | " + " | ".join(f"{size:,} episodes" for size in SIZES) + " |")
        print("|---|" + "---:|" * len(SIZES))
        rows: dict[str, list[str]] = {}
        for size in SIZES:
            for what, ms in measured(f"show-{size}").items():
                rows.setdefault(what, []).append(f"{ms:.2f} ms")
        for what, cells in rows.items():
            print(f"| {what} | " + " | ".join(cells) + " |")
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measured(show_slug: str) -> dict[str, float]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    from benchmarks import pages_floor
    from episodes.models import Episode
    from publishing.pages.transcript_html import KEPT
    from publishing.views.answering import STORED_PAGES

    newest = Episode.objects.published().filter(show__slug=show_slug, transcripts__isnull=False).newest_first()
    episode = newest.select_related("show")[0]
    give_words(episode)
    page, archive = episode.get_absolute_url(), f"/{show_slug}/episodes/"
    site = WSGIHandler()
    pages_floor.BODY = Answer(site, page, gzip=True).body
    with override_settings(MIDDLEWARE=STOCK_MIDDLEWARE, ROOT_URLCONF="benchmarks.pages_floor"):
        stock = WSGIHandler()
        constant = cpu(lambda: Answer(stock, "/constant/"))
        plain = cpu(lambda: Answer(stock, f"/orm/{episode.pk}/"))
    etag = Answer(site, page).headers["ETag"]

    def uncached(path: str, *, words_too: bool = False) -> None:
        STORED_PAGES.clear()
        if words_too:
            KEPT.clear()
        Answer(site, path)

    return {
        "floor: constant bytes": constant,
        "floor: plain ORM page with the transcript": plain,
        "episode, nothing kept": cpu(lambda: uncached(page, words_too=True)),
        "episode, words kept": cpu(lambda: uncached(page)),
        "episode, page kept, gzip": cpu(lambda: Answer(site, page, gzip=True)),
        "episode, 304": cpu(lambda: Answer(site, page, etag=etag)),
        "archive, nothing kept": cpu(lambda: uncached(archive)),
        "archive, page kept, gzip": cpu(lambda: Answer(site, archive, gzip=True)),
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
        found.close()
        assert self.status in ("200 OK", "304 Not Modified"), (path, self.status)

    def _start(self, status, headers, *rest) -> None:
        self.status, self.headers = status, dict(headers)


def cpu(work) -> float:
    """CPU milliseconds of one request, ours and the database's: the median of the rounds."""
    from benchmarks.feed import _postgres_seconds

    work()
    figures = []
    for _ in range(ROUNDS):
        before = time.process_time() + _postgres_seconds()
        for _ in range(REQUESTS):
            work()
        figures.append((time.process_time() + _postgres_seconds() - before) / REQUESTS)
    return statistics.median(figures) * 1000


if __name__ == "__main__":
    main()
