"""The feed check finds each breach of the directories' rules, and nothing in a good feed."""

from dataclasses import replace

import pytest

from publishing.feedcheck.rules import Need, check_feed
from publishing.rss.feed_shapes import FeedEnclosure, FeedSoundbite, FeedTranscript
from publishing.rss.reader import read_feed

URL = "https://site.example/show/feed.xml"
GOOD = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
     xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>A Show</title><link>https://site.example/show/</link><description>About things.</description>
  <language>en</language><atom:link rel="self" href="{URL}" type="application/rss+xml"/>
  <itunes:author>A team</itunes:author><itunes:explicit>false</itunes:explicit>
  <itunes:owner><itunes:name>A team</itunes:name><itunes:email>team@site.example</itunes:email></itunes:owner>
  <itunes:category text="Health &amp; Fitness"><itunes:category text="Medicine"/></itunes:category>
  <itunes:image href="https://site.example/media/a.jpg"/>
  <podcast:image href="https://site.example/media/a.jpg" alt="A hand"/>
  <podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
  <item>
    <title>On trust</title><guid isPermaLink="false">one</guid><pubDate>Wed, 15 Jan 2025 19:00:00 +0000</pubDate>
    <description>What it is about.</description>
    <enclosure url="https://site.example/audio/1.mp3" length="1000" type="audio/mpeg"/>
    <itunes:duration>600</itunes:duration>
    <podcast:transcript url="https://site.example/t.vtt" type="text/vtt"/>
  </item>
</channel></rss>"""
FEED = read_feed(GOOD.encode())


def findings(*, show=None, item=None, items=None, url=URL):
    feed = replace(
        FEED,
        show=replace(FEED.show, **(show or {})),
        items=items if items is not None else (replace(FEED.items[0], **(item or {})),),
    )
    return check_feed(feed, url)


def test_nothing_is_found_in_a_good_feed():
    assert findings() == []


def test_words_as_long_as_allowed_are_fine():
    longest = "ö" * 2000

    assert findings(show={"description_html": longest, "title": "x" * 255}, item={"description_html": longest}) == []


@pytest.mark.parametrize(
    ("broken", "need", "says"),
    [
        ({"title": ""}, "MUST", "has no title"),
        ({"title": "x" * 256}, "MUST", "has 256 characters"),
        ({"author": ""}, "MUST", "no author, which Spotify requires"),
        ({"description_html": ""}, "MUST", "no description"),
        ({"description_html": "ö" * 2001}, "MUST", "longer than 4000 bytes"),
        ({"image_url": ""}, "MUST", "no cover"),
        ({"language": "english"}, "MUST", "no language code"),
        ({"language": ""}, "MUST", "no language code"),
        ({"categories": ()}, "MUST", "no category"),
        ({"categories": (("health & fitness", "Medicine"),)}, "MUST", "no category of Apple"),
        ({"categories": (("Science", "Medicine"),)}, "MUST", '"Science > Medicine" is no category'),
        ({"explicit": None}, "MUST", "explicit"),
        ({"self_url": "http://127.0.0.1:8000/show/feed.xml"}, "MUST", "Set SITE_URL"),
        ({"owner_email": ""}, "SHOULD", "Spotify and YouTube"),
        ({"guid": ""}, "SHOULD", "podcast:guid"),
        ({"image_alt": ""}, "SHOULD", "cannot see it"),
        ({"blocked": True}, "SHOULD", "hide it"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_breach_by_the_show_is_a_sentence(broken, need, says):
    [found] = findings(show=broken)

    assert (found.need, found.where) == (need, "")
    assert says in found.text


@pytest.mark.parametrize(
    ("broken", "need", "says"),
    [
        ({"title": ""}, "MUST", "has no title"),
        ({"title": "A Show: on trust"}, "MUST", "repeats the show's name"),
        ({"title": "Episode 12: On trust"}, "SHOULD", "begins with a number"),
        ({"title": "#12 On trust"}, "SHOULD", "begins with a number"),
        ({"guid": ""}, "MUST", "no GUID"),
        ({"published_at": None}, "MUST", "no date"),
        ({"enclosure": None}, "MUST", "no audio"),
        ({"enclosure": FeedEnclosure("https://s.example/1.ogg", 9, "audio/ogg")}, "MUST", "do not take"),
        ({"enclosure": FeedEnclosure("https://s.example/1", 9, "audio/mpeg")}, "MUST", "does not end in .mp3"),
        ({"enclosure": FeedEnclosure("https://s.example/1.mp3", None, "audio/mpeg")}, "MUST", "how many bytes"),
        ({"enclosure": FeedEnclosure("https://s.example/å.mp3", 9, "audio/mpeg")}, "MUST", "cannot fetch"),
        ({"description_html": "", "content_html": ""}, "SHOULD", "Write a summary"),
        ({"description_html": "ö" * 2001}, "MUST", "longer than 4000 bytes"),
        ({"duration_ms": None}, "SHOULD", "no length"),
        ({"transcripts": ()}, "SHOULD", "no transcript"),
        ({"soundbites": (FeedSoundbite(590_000, 20_000),)}, "MUST", "ends after the audio"),
        ({"soundbites": (FeedSoundbite(0, 5_000),)}, "SHOULD", "15 to 120 are best"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_breach_by_an_episode_is_a_sentence_with_its_place(broken, need, says):
    [found] = findings(item=broken)

    assert (found.need, found.where) == (need, broken.get("title") or ("one" if "title" in broken else "On trust"))
    assert says in found.text


def test_a_serial_show_needs_numbers():
    [found] = findings(show={"type": "serial"})

    assert found.need == Need.MUST
    assert "no number above 0" in found.text


def test_an_empty_feed_is_refused_by_directories():
    [found] = findings(items=())

    assert str(found).startswith("MUST: The feed has no episode")


def test_what_two_episodes_share_is_named():
    found = findings(items=FEED.items * 2)

    assert [finding.text.partition("(")[0] for finding in found] == [
        "2 episodes have the same GUID ",
        "2 episodes have the same audio address ",
    ]


def test_what_must_be_mended_comes_first():
    found = findings(show={"owner_email": "", "image_url": ""}, item={"transcripts": (), "guid": ""})

    assert [finding.need for finding in found] == ["MUST", "MUST", "SHOULD", "SHOULD"]


def test_plain_http_is_found():
    url = URL.replace("https", "http")

    [found] = findings(show={"self_url": url}, url=url)

    assert (found.need, "certificate" in found.text) == (Need.SHOULD, True)


def test_the_kinds_of_breach_are_not_hidden_by_a_transcript_of_another_kind():
    assert findings(item={"transcripts": (FeedTranscript("https://s.example/t.html", "text/html"),)}) == []
