"""Podcast apps of others subscribe to the running site, and download what its producers uploaded.

`apt install gpodder newsboat nodejs npm` and `npm install --prefix tests/clients` bring them; what is not installed is
skipped. Run alone: pytest -m clients
"""

import hashlib
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import podcastparser
import pytest

from tests.downloads.running import gunicorn
from tests.episodes.audio_samples import write_tone
from tests.publishing.full_show import NOON, PODCAST_GUID, make_full_episode, make_full_show

pytestmark = [pytest.mark.clients, pytest.mark.django_db(transaction=True)]
HERE = Path(__file__).parent


class Site:
    """The running site with one show that uses every tag; `audio` is what its producers uploaded."""

    def __init__(self, port: int, audio: bytes) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.feed_url = f"{self.url}/coproduction/feed.xml"
        self.audio = audio

    def feed(self) -> bytes:
        with urllib.request.urlopen(self.feed_url, timeout=20) as answer:
            return answer.read()


@pytest.fixture
def site(tmp_path):
    audio = write_tone(tmp_path / "tone.mp3", seconds=30).read_bytes()
    # Directories ask for these to be absent where they hide a show; here the show is to be seen.
    show = make_full_show(blocked=False)
    make_full_episode(show, audio_content=audio)
    with gunicorn(tmp_path) as port:
        yield Site(port, audio)


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed (Debian has it)")
    return found


def run(command, folder, **environment):
    """Run a client with all its files in `folder`; its output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def downloaded(folder, audio):
    """Whether a file in the folder has the very bytes of the audio."""
    wanted = hashlib.sha256(audio).digest()
    return any(path.is_file() and hashlib.sha256(path.read_bytes()).digest() == wanted for path in folder.rglob("*"))


def test_feedparser_reads_the_show_and_its_episode(site):
    feed = feedparser.parse(site.feed_url)

    [entry] = feed.entries
    assert not feed.bozo
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert (feed.feed.title, feed.feed.language) == ("The Power of Coproduction", "en-us")
    assert feed.feed.publisher_detail == {"name": "Pat Owner", "email": "owner@example.org"}
    assert [(tag.term, tag.label) for tag in feed.feed.tags if tag.scheme] == [
        ("Health & Fitness", None),
        ("Medicine", None),
        ("Science", None),
    ]
    assert feed.feed.image.href == f"{site.url}/media/artwork/show.jpg"
    assert (entry.title, entry.id) == ("Beginnings & ends", "https://old.example/?p=12")
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == NOON
    assert (entry.itunes_duration, entry.itunes_episode, entry.itunes_season) == ("698", "3", "2")
    assert entry.itunes_episodetype == "full"
    assert entry.summary == "How it began."
    assert '<a href="https://example.org/paper"' in entry.content[0].value
    [enclosure] = entry.enclosures
    assert (enclosure.type, int(enclosure.length)) == ("audio/mpeg", len(site.audio))
    assert [chapter.title for chapter in entry.psc_chapters.chapters] == ["Start", "Middle"]


def test_feedparser_with_an_etag_is_told_that_nothing_changed(site):
    first = feedparser.parse(site.feed_url)

    again = feedparser.parse(site.feed_url, etag=first.etag, modified=first.modified)

    assert (again.status, again.entries) == (304, [])


def test_podcastparser_reads_the_show_and_its_episode(site):
    with urllib.request.urlopen(site.feed_url, timeout=20) as stream:
        feed = podcastparser.parse(site.feed_url, stream)

    [episode] = feed["episodes"]
    assert feed["title"] == "The Power of Coproduction"
    assert feed["itunes_owner"] == {"name": "Pat Owner", "email": "owner@example.org"}
    assert feed["itunes_categories"] == [["Health & Fitness", "Medicine"], ["Science"]]
    assert (feed["language"], feed["type"], feed["explicit"]) == ("en-us", "serial", False)
    assert feed["cover_url"] == f"{site.url}/media/artwork/show.jpg"
    assert (episode["guid"], episode["title"]) == ("https://old.example/?p=12", "Beginnings & ends")
    assert (episode["number"], episode["season"], episode["total_time"]) == (3, 2, 698)
    assert episode["published"] == int(NOON.timestamp())
    assert episode["description"] == "How it began."
    assert episode["chapters"] == [
        {"start": 0, "title": "Start"},
        {
            "start": 61,  # it knows whole seconds only
            "title": "Middle",
            "href": "https://example.org/m",
            "image": f"{site.url}/media/chapters/m.jpg",
        },
    ]
    [enclosure] = episode["enclosures"]
    assert (enclosure["file_size"], enclosure["mime_type"]) == (len(site.audio), "audio/mpeg")


@pytest.fixture
def partytime(site):
    node = needs("node")
    if not (HERE / "node_modules" / "podcast-partytime").is_dir():
        pytest.skip("podcast-partytime is not installed: npm install --prefix tests/clients")
    done = subprocess.run(
        [node, "partytime.cjs"], cwd=HERE, input=site.feed(), capture_output=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_partytime_reads_all_of_podcasting_two(site, partytime):
    [item] = partytime["items"]
    page = f"{site.url}/coproduction/beginnings"
    transcript = f"{page}/transcript."

    assert partytime["guid"] == str(PODCAST_GUID)
    assert (partytime["locked"], partytime["podcastOwner"], partytime["medium"]) == (
        True,
        "owner@example.org",
        "podcast",
    )
    assert partytime["itunesCategory"] == ["Health & Fitness > Medicine", "Science"]
    assert partytime["podcastFunding"] == [{"message": "Support us & our work", "url": "https://example.org/give"}]
    assert [(person["name"], person["role"], person["group"]) for person in partytime["podcastPeople"]] == [
        ("Paul Host", "Host", "Cast")
    ]
    assert partytime["podcastLocation"] == {"name": "Jönköping", "osm": "R935611", "geo": "geo:57.78,14.16"}
    assert partytime["license"]["identifier"] == "cc-by-4.0"
    assert partytime["podcastTxt"] == [{"value": "CODE-123", "purpose": "applepodcastsverify"}]
    assert [show["feedUrl"] for show in partytime["podroll"]] == ["https://podnews.net/rss"]
    assert partytime["podcastPublisher"]["feedUrl"] == "https://publisher.example/feed.xml"
    assert [(one["url"], one["language"]) for one in item["podcastTranscripts"]] == [
        (f"{transcript}vtt?lang=en-us", "en-us"),
        (f"{transcript}srt?lang=en-us", "en-us"),
        (f"{transcript}json?lang=en-us", "en-us"),
        (f"{transcript}html?lang=en-us", "en-us"),
        (f"{transcript}html?lang=sv", "sv"),
    ]
    assert item["podcastChapters"] == {"url": f"{page}/chapters.json", "type": "application/json+chapters"}
    assert item["podcastSoundbites"] == [{"startTime": 73, "duration": 30.5, "title": "The heart of it"}]
    assert [(person["name"], person["role"]) for person in item["podcastPeople"]] == [
        ("Paul Host", "Host"),
        ("Ana Guest", "Guest"),
    ]
    assert item["podcastSeason"] == {"number": 2, "name": "The second year"}
    assert item["podcastEpisode"] == {"number": 3, "display": "E03"}
    assert item["podcastLocation"] == {"name": "Stockholm", "geo": "geo:59.33,18.06"}
    assert item["license"]["identifier"] == "CC0"
    assert [one["url"] for one in item["podcastSocialInteraction"]] == ["https://social.example/@show/1"]
    main, small = item["alternativeEnclosures"]
    assert (main["default"], main["length"], main["integrity"]["type"]) == (True, len(site.audio), "sri")
    assert (small["default"], small["type"], small["codecs"], small["title"], small["integrity"]["type"]) == (
        False,
        "audio/ogg",
        "opus",
        "Smaller file",
        "sri",
    )
    assert small["source"][0]["uri"].endswith(".opus")
    assert (item["enclosure"]["length"], item["enclosure"]["type"]) == (len(site.audio), "audio/mpeg")
    assert (item["itunesSeason"], item["itunesEpisode"], item["explicit"]) == (2, 3, True)


def test_gpodder_subscribes_and_downloads_the_very_bytes(site, tmp_path):
    gpo = needs("gpo")
    folder = tmp_path / "gpodder"
    folder.mkdir()
    environment = {"GPODDER_HOME": str(folder), "GPODDER_DISABLE_EXTENSIONS": "1"}

    run([gpo, "subscribe", site.feed_url], folder, **environment)
    listed = run([gpo, "episodes", site.feed_url], folder, **environment)
    run([gpo, "download", site.feed_url], folder, **environment)

    assert "Beginnings & ends" in listed
    assert downloaded(folder, site.audio)


def test_newsboat_subscribes_and_its_podboat_downloads_the_very_bytes(site, tmp_path):
    newsboat, podboat = needs("newsboat"), needs("podboat")
    folder = tmp_path / "newsboat"
    (folder / ".newsboat").mkdir(parents=True)
    (folder / ".newsboat" / "urls").write_text(site.feed_url + "\n")
    (folder / ".newsboat" / "config").write_text(
        f'podcast-auto-enqueue yes\ndownload-path "{folder}/audio/"\nmax-downloads 1\n'
    )

    run([newsboat, "-x", "reload"], folder)
    with sqlite3.connect(folder / ".newsboat" / "cache.db") as cache:
        items = cache.execute("SELECT title, guid, enclosure_type FROM rss_item").fetchall()
    cache.close()
    _in_a_terminal([podboat, "-a"], folder, until=lambda: downloaded(folder / "audio", site.audio))

    assert items == [("Beginnings & ends", "https://old.example/?p=12", "audio/mpeg")]
    assert downloaded(folder / "audio", site.audio)


def _in_a_terminal(command, folder, until):
    """Run a program that wants a terminal till something has happened, or a minute has passed."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "HOME": str(folder), "TERM": "xterm"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    try:
        deadline = time.monotonic() + 60
        while not until() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.3)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)
        os.close(theirs)
