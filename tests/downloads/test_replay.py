"""Twenty thousand requests of mixed clients, counted by us and, differently, by the test."""

import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from downloads.counting import tally as counting
from downloads.delivery import published
from downloads.models import DailyDownload, DailyExclusion, Request
from tests.factories import make_episode, make_show

REQUESTS = 20_000
# Sizes and ranges are whole thousands of bytes, so that the naive count can keep its bytes as a set of thousands.
KB = 1000
EPISODES = {"long": 4_804, "other": 2_404, "short": 324}
NEEDED = {"long": 484, "other": 484, "short": 324}
LISTENERS = [
    "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
    "AntennaPod/3.2.0",
    "Pocket Casts",
    "AppleCoreMedia/1.0.0.20B101 (iPhone; U; CPU OS 16_1_1 like Mac OS X; en_us)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0",
    "An app nobody knows/1.0",
]
MACHINES = ["Googlebot/2.1", "curl/8.14.1", "python-requests/2.34.2", "", "atc/1.0 watchOS/9.0", "coproduction-site/1"]
START = datetime.combine(timezone.now().date() - timedelta(days=4), datetime.min.time(), UTC)


def addresses(chance):
    """IPv4 addresses, and IPv6 ones of which several share a household."""
    four = [f"198.51.100.{n}" for n in range(60)]
    six = [f"2001:db8:0:{n:x}::{chance.randrange(1, 65_000):x}" for n in range(20) for _ in range(3)]
    return four + six


def play(chance, urls):
    """Requests as nginx would log them, in no order; times within three days."""
    known = addresses(chance)
    for _ in range(REQUESTS):
        name = chance.choice(list(EPISODES))
        size = EPISODES[name]
        first, count, ranged = 0, size, chance.random() < 0.7
        if ranged:
            first = chance.randrange(size)
            count = min(chance.choice([5, 40, 100, 240, 500]), size - first)
        sent = count if chance.random() < 0.8 else chance.randrange(count + 1)
        status = chance.choices([206 if ranged else 200, 304, 404, 416], [90, 4, 3, 3])[0]
        if status not in (200, 206):
            sent = 0
        probe = chance.random() < 0.05
        if probe:
            first, status, ranged = 0, 206, True
        yield {
            "at": (START + timedelta(milliseconds=chance.randrange(3 * 86_400_000))).timestamp(),
            "took": 0,
            "address": chance.choice(known),
            "method": chance.choices(["GET", "HEAD"], [95, 5])[0],
            "path": urls[name],
            "status": status,
            "sent": 2 if probe else sent * KB,
            "content_range": (
                f"bytes {first * KB}-{1 if probe else (first + count) * KB - 1}/{size * KB}" if status == 206 else ""
            ),
            "agent": chance.choices([chance.choice(LISTENERS), chance.choice(MACHINES)], [85, 15])[0],
            "referrer": "",
        }


def naive(played, urls):
    """Downloads by (day, episode): every listener's thousands of bytes in a set, request by request."""
    names = {url: name for name, url in urls.items()}
    heard, done, downloads = defaultdict(set), set(), defaultdict(int)
    for one in sorted(played, key=lambda one: one["at"]):
        if one["method"] != "GET" or one["status"] not in (200, 206) or one["agent"] in MACHINES or one["sent"] < KB:
            continue
        day = datetime.fromtimestamp(one["at"], UTC).date()
        ip = ip_address(one["address"])
        house = ip.exploded[:19] if ip.version == 6 else str(ip)
        listener = (day, names[one["path"]], house, one["agent"])
        start = int(one["content_range"].split()[1].split("-")[0]) // KB if one["content_range"] else 0
        heard[listener].update(range(start, start + one["sent"] // KB))
        if listener not in done and len(heard[listener]) >= NEEDED[listener[1]]:
            done.add(listener)
            downloads[(day, listener[1])] += 1
    return dict(downloads)


@pytest.mark.django_db
def test_a_replay_of_20000_requests_gives_the_totals_of_a_naive_count(tmp_path, capsys):
    chance = random.Random(20_000)
    show = make_show()
    episodes = {
        name: make_episode(show, audio_content=chance.randbytes(size * KB), audio_tag_bytes=4_000)
        for name, size in EPISODES.items()
    }
    urls = {name: episode.get_enclosure_url() for name, episode in episodes.items()}
    published.refresh_list()
    played = list(play(chance, urls))
    log = tmp_path / "audio.log"
    log.write_text("".join(json.dumps(one) + "\n" for one in played))

    call_command("count_downloads", "--log", str(log))

    expected = naive(played, urls)
    assert sum(expected.values()) > 1000
    assert by_day_and_episode(episodes) == expected
    excluded = sum(DailyExclusion.objects.values_list("requests", flat=True))
    assert excluded + sum(expected.values()) == REQUESTS == Request.objects.count()
    assert not Request.objects.filter(reason="").exists()

    call_command("count_downloads", "--log", str(log))
    changes = {before == after for before, after in counting.recount().values()}
    assert changes == {True}
    assert by_day_and_episode(episodes) == expected
    dumped = dump_of_the_database() + capsys.readouterr().out
    assert [address for address in {one["address"] for one in played} if address in dumped] == []


def by_day_and_episode(episodes):
    names = {episode.id: name for name, episode in episodes.items()}
    found = defaultdict(int)
    for day, episode, downloads in DailyDownload.objects.values_list("day", "episode_id", "downloads"):
        found[(day, names[episode])] += downloads
    return dict(found)


def dump_of_the_database():
    """Every row of every table as text."""
    text = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            text += [row[0] for row in cursor.fetchall()]
    return "\n".join(text)
