"""The ten cases of counting through real HTTP, for everyone who can send the audio.

The ways: this site from disk; the same behind Caddy; Caddy alone, counted from its log; nginx that asks the site each
time (X-Accel-Redirect); nginx alone, counted from its log file; nginx alone, counted as it tells by syslog. Time is
moved in the notes and logs, not waited for.
"""

import json
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from downloads.counting import tally as counting
from downloads.counting.intake import take_in
from downloads.counting.sent_elsewhere import take_in_log
from downloads.counting.spool import DeliveryNote, read_notes
from downloads.delivery import published
from downloads.models import DailyDownload, Request
from tests.downloads.running import caddy, free_port, get, gunicorn, listener_for_nginx, nginx, read_and_leave
from tests.factories import make_episode, make_show

# Ten minutes at 64 kbit/s, and 40 seconds, each behind a tag of 4 kB.
AUDIO = random.Random(1).randbytes(4_804_000)
SHORT = random.Random(2).randbytes(324_000)
HOUR_MS = 3_600_000
LAST_CASE = "case-10b"
# Caddy as somebody may set it up to send published audio itself; the file we ship lets the site send.
CADDY_SENDS = """
    handle_path /audio/* {{
        root * "{published}"
        file_server
    }}
    log {{
        output file "{log}"
        format json
    }}
"""


def app(case):
    return f"Overcast/3.0 (+http://overcast.fm/; iOS podcast app) {case}"


@pytest.fixture
def episodes(transactional_db):
    show = make_show()
    return {
        name: make_episode(show, audio_content=content, audio_tag_bytes=4_000, bitrate_bps=64_000)
        for name, content in (("long", AUDIO), ("short", SHORT))
    }


class Way:
    """How to reach the audio, and how to count what was asked."""

    def __init__(self, port, collect, *, takes_ahead=False):
        self.port = port
        self.collect = collect
        self.takes_ahead = takes_ahead


@pytest.fixture(params=["disk", "caddy", "caddy-log", "x-accel", "nginx-log", "nginx-syslog"])
def way(request, episodes, tmp_path):
    """Each way with a function that gives what it has noted as (at_ms, agent) movable records."""
    folder = tmp_path / "way"
    folder.mkdir()
    if request.param == "disk":
        with gunicorn(folder, TRUSTED_PROXIES="1") as port:
            yield Way(port, count_spool)
        return
    if request.param == "caddy":
        with gunicorn(folder, TRUSTED_PROXIES="1") as site, caddy(folder, site, free_port()) as port:
            yield Way(port, count_spool, takes_ahead=True)
        return
    log = folder / "audio.log"
    settings.AUDIO_DELIVERY = "nginx"
    published.refresh_list()
    if request.param == "caddy-log":
        try:
            with caddy(folder, 0, 0, CADDY_SENDS.format(published=settings.VAR_DIR / "published", log=log)) as port:
                yield Way(port, lambda moves: count_log(log, moves, of_caddy))
        finally:
            settings.AUDIO_DELIVERY = "disk"
        return
    if request.param == "x-accel":
        # Without the folder of links nginx has to ask for every single request.
        for link in (settings.VAR_DIR / "published").glob("*/*/*"):
            link.unlink()
    try:
        with gunicorn(folder, TRUSTED_PROXIES="1", AUDIO_DELIVERY="nginx") as site:
            if request.param == "nginx-syslog":
                with (
                    listener_for_nginx(folder) as path,
                    nginx(folder, site, f"syslog:server=unix:{path} audio") as port,
                ):
                    yield Way(port, count_spool)
            else:
                with nginx(folder, site, f"{log} audio") as port:
                    yield Way(port, lambda moves: count_log(log, moves))
    finally:
        settings.AUDIO_DELIVERY = "disk"


def noon_shift_ms():
    """What moves today's requests to yesterday's noon, so that no case is cut in two by midnight."""
    noon = datetime.combine(timezone.now().date() - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=12)
    return int((noon.timestamp() - time.time()) * 1000)


class Clock:
    """Moves what was noted: all of it to yesterday's noon, and a case's requests, one by one, by so many hours."""

    def __init__(self, moves):
        self.shift = noon_shift_ms()
        self.hours = {case: list(hours) for case, hours in moves.items()}

    def moved(self, at_ms, agent):
        hours = self.hours.get(agent.rpartition(" ")[2])
        return at_ms + self.shift + (hours.pop(0) * HOUR_MS if hours else 0)


def settle(files):
    """Wait until the last request is noted in one of these files, and nothing more is written."""
    last, still = "", 0
    for _ in range(300):
        written = "".join(path.read_text(errors="replace") for path in files())
        still = still + 1 if written == last and f" {LAST_CASE}" in written else 0
        if still == 8:
            return
        last = written
        time.sleep(0.1)


def count_spool(moves):
    folder = settings.VAR_DIR / "deliveries"
    settle(lambda: sorted(folder.glob("*.notes")))
    notes = [note for path in sorted(folder.glob("*.notes")) for note in read_notes(path, DeliveryNote)]
    notes.sort(key=lambda note: note.at_ms)
    clock = Clock(moves)
    take_in(
        (f"n{number}", replace(note, at_ms=clock.moved(note.at_ms, note.agent))) for number, note in enumerate(notes)
    )
    counting.count_unjudged()


def of_nginx(data, clock):
    data["at"] = clock.moved(data["at"] * 1000, data["agent"]) / 1000


def of_caddy(data, clock):
    headers = data["request"]["headers"]
    data["request"]["remote_ip"] = "".join(headers.get("X-Test-Address", ["192.0.2.1"]))
    data["ts"] = clock.moved(data["ts"] * 1000, "".join(headers.get("User-Agent", ()))) / 1000


def count_log(log, moves, move=of_nginx):
    settle(lambda: [log])
    lines, clock = [], Clock(moves)
    for line in log.read_text().splitlines():
        data = json.loads(line)
        move(data, clock)
        lines.append(json.dumps(data))
    take_in_log(lines)
    take_in_log(lines)  # a log that is read twice adds nothing
    counting.count_unjudged()


def downloads(case):
    """How many of a case's requests count, by the mark in its User-Agent."""
    return Request.objects.filter(agent__endswith=f" {case}", reason="download").count()


def test_the_ten_cases_are_counted_as_the_rules_say(way, episodes):
    port, url, short = way.port, episodes["long"].get_enclosure_url(), episodes["short"].get_enclosure_url()

    def ask(case, path=url, method="GET", address="192.0.2.1", agent=None, **headers):
        who = {"X_Forwarded_For": address, "X_Test_Address": address}
        if agent != "":
            who["User_Agent"] = agent or app(case)
        return get(port, path, method, **who, **headers)

    # 1: asks and probes
    ask("case-1", method="HEAD")
    ask("case-1", Range="bytes=0-1")
    # 2: the whole file
    assert ask("case-2")[2] == AUDIO
    # 3: again after an hour; again after 25 hours
    ask("case-3a")
    ask("case-3a")
    ask("case-3b")
    ask("case-3b")
    # 4: probe and ranges
    for part in ("0-1", "0-239999", "240000-599999"):
        assert ask("case-4", Range=f"bytes={part}")[0] == 206
    # 5: too little, also five times
    ask("case-5a", Range="bytes=0-99999")
    for _ in range(5):
        ask("case-5b", Range="bytes=0-99999")
    # 6: broken off
    read_and_leave(port, url, 100_000, User_Agent=app("case-6"), X_Forwarded_For="192.0.2.1")
    # 7: machines
    machines = ["Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.14.1", "python-requests/2.34.2", ""]
    for agent in machines:
        ask("case-7", agent=agent, address="192.0.2.7")
    # 8: two apps behind one address
    ask("case-8a")
    ask("case-8b")
    # 9: one household of IPv6
    ask("case-9", address="2001:db8:1:2::3")
    ask("case-9", address="2001:db8:1:2:ffff::4")
    # 10: a short file whole, and by half
    ask("case-10a", short)
    ask(LAST_CASE, short, Range="bytes=0-161999")

    way.collect({"case-3a": [-1, 0], "case-3b": [-25, 0]})

    counted = {
        case: downloads(case)
        for case in (
            "case-1",
            "case-2",
            "case-3a",
            "case-3b",
            "case-4",
            "case-5a",
            "case-5b",
            "case-6",
            "case-8a",
            "case-8b",
            "case-9",
            "case-10a",
            LAST_CASE,
        )
    }
    assert counted == {
        "case-1": 0,
        "case-2": 1,
        "case-3a": 1,
        "case-3b": 2,
        "case-4": 1,
        "case-5a": 0,
        "case-5b": 0,
        # A proxy has taken some megabytes from the site before it learns that the listener has left.
        "case-6": counted["case-6"] if way.takes_ahead else 0,
        "case-8a": 1,
        "case-8b": 1,
        "case-9": 1,
        "case-10a": 1,
        LAST_CASE: 0,
    }
    assert set(Request.objects.filter(agent__in=machines).values_list("reason", flat=True)) == {"bot", "no-agent"}
    before = total()
    assert before == sum(counted.values())
    counting.recount()
    assert total() == before
    assert no_address_is_kept()


def total():
    return sum(DailyDownload.objects.values_list("downloads", flat=True))


def no_address_is_kept():
    """Neither table nor note holds an address that was used."""
    kept = repr(list(Request.objects.values_list())) + repr(list(DailyDownload.objects.values_list()))
    for path in (settings.VAR_DIR / "deliveries").glob("*"):
        kept += path.read_text(errors="replace") if path.suffix == ".notes" else ""
    return not any(address in kept for address in ("192.0.2.", "2001:db8", "127.0.0.1"))
