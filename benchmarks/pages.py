"""An episode's page and the archive at 100, 1,000 and 5,000 episodes, beside floors: python benchmarks/pages.py

First the processor time of one answer: each request goes through the whole WSGI application of this process, so that
what is counted is our CPU and Postgres', and a busy machine blurs it little. Floors of the same run: constant bytes
under startproject's middleware, and the same rows read and shown the way a first Django project would.
Then (with wrk) both pages sent by two workers beside a server of constant bytes, and the workers' memory.
Prints Markdown, ratios last; four minutes. `--seconds S` for longer sending, `--rounds N` for more of both.
"""

import argparse
import contextlib
import gc
import io
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(os.environ.setdefault("BENCHMARK_FOLDER", tempfile.mkdtemp(prefix="pages-benchmark-")))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

from benchmarks.goals import note  # noqa: E402

SIZES = (100, 1000, 5000)
REQUESTS = 20  # of each kind in a round
STOCK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# The floor's time by ours at 1,000 episodes, and the least that is wanted.
RATIOS = (
    ("episode, page not kept: × plain ORM", "floor: plain ORM episode", "episode, page not kept", 1.5),
    ("episode, another moment: × plain ORM", "floor: plain ORM episode", "episode, another moment", None),
    ("episode, after a change: × plain ORM", "floor: plain ORM episode", "episode, after a change", None),
    ("archive, page not kept: × plain ORM", "floor: plain ORM list", "archive, page not kept", 1.2),
    ("archive, page not kept: × plain ORM with choices", "floor: ORM list, choices", "archive, page not kept", None),
    ("archive, after a change: × plain ORM with choices", "floor: ORM list, choices", "archive, after a change", None),
    ("episode, page kept: × constant, in-process", "floor: constant bytes", "episode, page kept, gzip", 0.8),
    ("archive, page kept: × constant, in-process", "floor: constant bytes", "archive, page kept, gzip", 0.8),
)
# Kinds that are to cost the same however long the show is.
FLAT = ("episode, page not kept", "episode, another moment", "archive, page not kept", "archive, after a change")

Spent = tuple[float, float]


def main(rounds: int, seconds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.feed_rows import fill
    from benchmarks.pages_sending import send

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        for size in SIZES:
            fill(f"show-{size}", size, sentences=4, topics=12)
        with connection.cursor() as cursor:
            # As a site is that has run for a day: autovacuum has been there.
            cursor.execute("VACUUM ANALYZE")
        print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n", flush=True)
        tell(measure_all(rounds))
        name = connection.settings_dict["NAME"]
        connection.close()
        send(FOLDER, name, "/show-1000/episode-1000/", "/show-1000/episodes/", rounds=rounds, seconds=seconds)
        print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    finally:
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def measure_all(rounds: int) -> dict[str, list[Spent]]:
    """Milliseconds by what was asked, for each size ours and Postgres'; all take turns, so that all see the same load.

    The middle of the rounds: each is a mean over REQUESTS answers.
    """
    kinds = {size: asked(f"show-{size}") for size in SIZES}
    figures: dict[str, list[list[Spent]]] = {what: [[] for _ in SIZES] for what in kinds[SIZES[0]]}
    for works in kinds.values():
        for work in works.values():
            work(2)
    for _ in range(rounds):
        for place, size in enumerate(SIZES):
            for what, work in kinds[size].items():
                figures[what][place].append(work(REQUESTS))
    return {
        what: [sorted(one, key=lambda spent: sum(spent))[len(one) // 2] for one in sizes]
        for what, sizes in figures.items()
    }


def tell(figures: dict[str, list[Spent]]) -> None:
    print("CPU of one answer, Python's + Postgres':\n")
    print("| what | " + " | ".join(f"{size:,} episodes" for size in SIZES) + " | 5,000 : 100 |")
    print("|---|" + "---:|" * (len(SIZES) + 1))
    for what, row in figures.items():
        cells = " | ".join(f"{ours:.2f} + {theirs:.2f} ms" for ours, theirs in row)
        print(f"| {what} | {cells} | {sum(row[-1]) / sum(row[0]):.2f} |")
    at = {what: sum(row[1]) for what, row in figures.items()}
    print("\n| ratio, at 1,000 episodes | measured | goal |\n|---|---:|---:|")
    for name, over, under, goal in RATIOS:
        print(f"| {name} | {at[over] / at[under]:.2f} | {f'≥ {goal}' if goal else '–'} |")
        note(name, at[over] / at[under], least=goal)
    for what in FLAT:
        grown = sum(figures[what][-1]) / sum(figures[what][0])
        print(f"| {what}: 5,000 : 100 | {grown:.2f} | ≤ 1.1 |")
        note(f"{what}: 5,000 : 100 episodes", grown, most=1.1)
    print(flush=True)


def asked(show_slug: str) -> dict[str, Callable[[int], Spent]]:
    """What is measured of a show, by name; each makes so many requests and gives the CPU of one."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import setting_changed
    from django.test import override_settings

    from benchmarks import pages_floor
    from coproduction_site.wsgi import application as site
    from episodes.models import Episode
    from publishing.pages.rows import kept
    from publishing.pages.transcript_html import KEPT
    from publishing.views.answering import STORED_PAGES

    newest = Episode.objects.published().filter(show__slug=show_slug, transcripts__isnull=False).newest_first()
    episode = newest.select_related("show")[0]
    give_words(episode)
    page, archive = episode.get_absolute_url(), f"/{show_slug}/episodes/"
    pages_floor.BODY = Answer(site, page, gzip=True).body
    etag = Answer(site, page).headers["ETag"]

    def stock(path: str) -> Callable[[int], Spent]:
        def work(count: int) -> Spent:
            with override_settings(MIDDLEWARE=STOCK_MIDDLEWARE, ROOT_URLCONF="benchmarks.pages_floor"):
                handler = WSGIHandler()
                Answer(handler, path)
                return cpu(lambda: Answer(handler, path), count)

        return work

    def ours(path: str, before: Callable[[], object] = lambda: None, **how: str | bool) -> Callable[[int], Spent]:
        def work(count: int) -> Spent:
            before()
            Answer(site, path, **how)
            return cpu(lambda: Answer(site, path, **how), count, before)

        return work

    def change() -> None:
        """As any change elsewhere in the show: all is asked for anew, and this page says the same."""
        from episodes.models import ShowStamp

        stamp = ShowStamp.objects.get(show__slug=show_slug)
        ShowStamp.objects.filter(pk=stamp.pk).update(stamp=stamp.stamp + 1)

    def forget_page() -> None:
        """Pages that others have pushed out, and this episode's row with them; nothing else has changed."""
        STORED_PAGES.clear()
        kept._kept[1].pop(("episode", show_slug, episode.slug), None)

    def forget_all() -> None:
        """As in a process that has just started; the notes' HTML apart."""
        change()
        KEPT.clear()
        setting_changed.send(sender=None, setting="", value=None, enter=False)

    moments = itertools.count(1)

    def another_moment(count: int) -> Spent:
        """As search and shared links ask: a page just asked for, now with a ?t= that nobody had."""
        Answer(site, page)
        return cpu(lambda: Answer(site, page, query=f"t={next(moments) % 1700}"), count)

    return {
        "floor: constant bytes": stock("/constant/"),
        "floor: plain ORM episode": stock(f"/orm{page}"),
        "floor: plain ORM list": stock(f"/orm/{show_slug}/episodes/"),
        "floor: ORM list, choices": stock(f"/orm/{show_slug}/choices/"),
        "episode, nothing kept": ours(page, forget_all),
        "episode, after a change": ours(page, change),
        "episode, page not kept": ours(page, forget_page),
        "episode, another moment": another_moment,
        "episode, page kept, gzip": ours(page, gzip=True),
        "episode, 304": ours(page, etag=etag),
        "archive, nothing kept": ours(archive, forget_all),
        "archive, after a change": ours(archive, change),
        "archive, page not kept": ours(archive, forget_page),
        "archive, page kept, gzip": ours(archive, gzip=True),
    }


def give_words(episode) -> None:
    """2,000 words: 70 sentences of 28 by two voices, 17 minutes."""
    from transcripts.models import Segment, VoiceLabel

    transcript = episode.transcripts.first()
    transcript.segments.all().delete()
    voices = [VoiceLabel.objects.create(transcript=transcript, label=name) for name in ("Ann", "Bo")]
    text = (
        "We often begin these talks by inviting people to see that care is a service, made by two, "
        "one who needs it and one who knows something of it, together."
    )
    Segment.objects.bulk_create(
        Segment(
            transcript=transcript,
            position=number,
            text=text,
            start_ms=number * 15_000,
            end_ms=number * 15_000 + 14_000,
            status="ok",
            voice=voices[number // 8 % 2],
            starts_paragraph=number % 5 == 0,
        )
        for number in range(70)
    )


class Answer:
    """One request through a handler, its body read as a server would."""

    def __init__(self, handler, path: str, *, query: str = "", gzip: bool = False, etag: str = "") -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
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


def cpu(work: Callable[[], object], count: int, before: Callable[[], object] = lambda: None) -> Spent:
    """CPU milliseconds of one call, ours and the database's; `before` each is not counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    gc.collect()
    ours = theirs = 0.0
    for _ in range(count):
        before()
        database, python = _process_seconds(pid), time.process_time()
        work()
        ours += time.process_time() - python
        theirs += _process_seconds(pid) - database
    return ours * 1000 / count, theirs * 1000 / count


def _process_seconds(pid: int) -> float:
    """CPU of the backend that serves this process's connection; 0 where Postgres runs elsewhere."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    chosen = parser.parse_args()
    main(chosen.rounds, chosen.seconds)
