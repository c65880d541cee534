"""What the feed says, tag by tag, read back by a strict XML parser."""

import base64
import hashlib

import pytest

from tests.factories import make_appearance, make_episode, make_show, make_speaker
from tests.publishing.full_show import PODCAST_GUID, make_full_episode, make_full_show
from tests.publishing.reading_feeds import NAMES, attributes, read_feed, texts

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture
def feed(db):
    show = make_full_show()
    make_full_episode(show)
    return read_feed(show)


@pytest.fixture
def channel(feed):
    return feed.channel


@pytest.fixture
def item(feed):
    return feed.items[0]


def test_the_file_begins_as_directories_want_it(db, client):
    make_full_show()

    content = client.get("/coproduction/feed.xml").content

    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')
    for prefix, name in NAMES.items():
        assert f'xmlns:{prefix}="{name}"'.encode() in content.partition(b">\n")[2].partition(b"<channel>")[0]


CHANNEL_TEXTS = {
    "title": ["The Power of Coproduction"],
    "link": [f"{SITE}/coproduction/"],
    "description": ["About health made together."],
    "language": ["en-us"],
    "copyright": ["The Team"],
    "generator": ["coproduction-site"],
    "pubDate": ["Wed, 15 Jan 2025 12:00:00 +0000"],
    "itunes:title": ["The Power of Coproduction"],
    "itunes:author": ["The Coproduction Team"],
    "itunes:owner/itunes:name": ["Pat Owner"],
    "itunes:owner/itunes:email": ["owner@example.org"],
    "itunes:explicit": ["false"],
    "itunes:type": ["serial"],
    "itunes:block": ["Yes"],
    "itunes:complete": ["Yes"],
    "image/url": [f"{SITE}/media/artwork/show.jpg"],
    "image/title": ["The Power of Coproduction"],
    "image/link": [f"{SITE}/coproduction/"],
    "podcast:guid": [str(PODCAST_GUID)],
    "podcast:locked": ["yes"],
    "podcast:block": ["yes"],
    "podcast:medium": ["podcast"],
    "podcast:funding": ["Support us & our work"],
    "podcast:person": ["Paul Host"],
    "podcast:location": ["Jönköping"],
    "podcast:license": ["cc-by-4.0"],
    "podcast:txt": ["CODE-123"],
    "podcast:updateFrequency": ["every second Monday"],
}


@pytest.mark.parametrize(("name", "expected"), CHANNEL_TEXTS.items(), ids=CHANNEL_TEXTS)
def test_the_channel_says(channel, name, expected):
    assert texts(channel, name) == expected


CHANNEL_ATTRIBUTES = {
    "atom:link": [{"href": f"{SITE}/coproduction/feed.xml", "rel": "self", "type": "application/rss+xml"}],
    "itunes:image": [{"href": f"{SITE}/media/artwork/show.jpg"}],
    "itunes:category": [{"text": "Health & Fitness"}, {"text": "Science"}],
    "itunes:category/itunes:category": [{"text": "Medicine"}],
    "podcast:locked": [{"owner": "owner@example.org"}],
    "podcast:funding": [{"url": "https://example.org/give"}],
    "podcast:person": [
        {
            "role": "host",
            "group": "cast",
            "img": f"{SITE}/media/people/paul.jpg",
            "href": f"{SITE}/speakers/paul-host/",
        }
    ],
    "podcast:location": [{"rel": "subject", "geo": "geo:57.78,14.16", "osm": "R935611", "country": "SE"}],
    "podcast:license": [{}],
    "podcast:image": [
        {
            "href": f"{SITE}/media/artwork/show.jpg",
            "alt": "Two hands",
            "aspect-ratio": "1/1",
            "width": "3000",
            "type": "image/jpeg",
        }
    ],
    "podcast:txt": [{"purpose": "applepodcastsverify"}],
    "podcast:podroll/podcast:remoteItem": [
        {
            "feedGuid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
            "feedUrl": "https://podnews.net/rss",
            "title": "Another",
        }
    ],
    "podcast:publisher/podcast:remoteItem": [
        {
            "medium": "publisher",
            "feedGuid": "003af0a0-6a45-55cf-b765-68e3d349551a",
            "feedUrl": "https://publisher.example/feed.xml",
        }
    ],
    "podcast:updateFrequency": [
        {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "dtstart": "2025-01-15T12:00:00Z", "complete": "true"}
    ],
    "podcast:podping": [{"usesPodping": "true"}],
    "podcast:chat": [
        {
            "server": "matrix.example.org",
            "protocol": "matrix",
            "accountId": "@paul:matrix.example.org",
            "space": "#coproduction:matrix.example.org",
        }
    ],
}


@pytest.mark.parametrize(("name", "expected"), CHANNEL_ATTRIBUTES.items(), ids=CHANNEL_ATTRIBUTES)
def test_the_channel_gives_in_attributes(channel, name, expected):
    assert attributes(channel, name) == expected


ITEM_TEXTS = {
    "title": ["Beginnings & ends"],
    "link": [f"{SITE}/coproduction/beginnings/"],
    "guid": ["https://old.example/?p=12"],
    "description": ["How it began."],
    "pubDate": ["Wed, 15 Jan 2025 12:00:00 +0000"],
    "category": ["Care", "Trust"],
    "itunes:title": ["Beginnings & ends"],
    "itunes:duration": ["698"],
    "itunes:explicit": ["true"],
    "itunes:episodeType": ["full"],
    "itunes:season": ["2"],
    "itunes:episode": ["3"],
    "podcast:season": ["2"],
    "podcast:episode": ["3"],
    "podcast:person": ["Paul Host", "Ana Guest"],
    "podcast:location": ["Stockholm"],
    "podcast:license": ["CC0"],
    "podcast:soundbite": ["The heart of it"],
}


@pytest.mark.parametrize(("name", "expected"), ITEM_TEXTS.items(), ids=ITEM_TEXTS)
def test_the_item_says(item, name, expected):
    assert texts(item, name) == expected


def transcript(ending, kind, language, **more):
    url = f"{SITE}/coproduction/beginnings/transcript.{ending}?lang={language}"
    return {"url": url, "type": kind, "language": language, **more}


ITEM_ATTRIBUTES = {
    "guid": [{"isPermaLink": "true"}],
    "itunes:image": [{"href": f"{SITE}/media/artwork/episode.png"}],
    "podcast:season": [{"name": "The second year"}],
    "podcast:episode": [{"display": "E03"}],
    "podcast:transcript": [
        transcript("vtt", "text/vtt", "en-us", rel="captions"),
        transcript("srt", "application/x-subrip", "en-us"),
        transcript("json", "application/json", "en-us"),
        transcript("html", "text/html", "en-us"),
        transcript("html", "text/html", "sv"),
    ],
    "podcast:chapters": [{"url": f"{SITE}/coproduction/beginnings/chapters.json", "type": "application/json+chapters"}],
    "psc:chapters": [{"version": "1.2"}],
    "psc:chapters/psc:chapter": [
        {"start": "00:00:00.000", "title": "Start"},
        {
            "start": "00:01:01.500",
            "title": "Middle",
            "href": "https://example.org/m",
            "image": f"{SITE}/media/chapters/m.jpg",
        },
    ],
    "podcast:soundbite": [{"startTime": "73", "duration": "30.5"}],
    "podcast:location": [{"rel": "subject", "geo": "geo:59.33,18.06"}],
    "podcast:license": [{"url": "https://creativecommons.org/publicdomain/zero/1.0/"}],
    "podcast:socialInteract": [{"protocol": "activitypub", "uri": "https://social.example/@show/1"}],
    "podcast:image": [
        {
            "href": f"{SITE}/media/artwork/episode.png",
            "alt": "A door",
            "aspect-ratio": "1/1",
            "width": "1400",
            "type": "image/png",
        }
    ],
}


@pytest.mark.parametrize(("name", "expected"), ITEM_ATTRIBUTES.items(), ids=ITEM_ATTRIBUTES)
def test_the_item_gives_in_attributes(item, name, expected):
    assert attributes(item, name) == expected


def test_the_enclosure_has_the_true_length_and_both_files_their_digests(item):
    main, small = hashlib.sha256(b"the very bytes of the audio"), hashlib.sha256(b"the very bytes in small")
    base = f"{SITE}/audio/coproduction/beginnings"
    url, small_url = f"{base}/{main.hexdigest()[:8]}.mp3", f"{base}/{small.hexdigest()[:8]}.opus"

    assert attributes(item, "enclosure") == [{"url": url, "length": "27", "type": "audio/mpeg"}]
    assert attributes(item, "podcast:alternateEnclosure") == [
        {"type": "audio/mpeg", "length": "27", "bitrate": "96000", "default": "true"},
        {"type": "audio/ogg", "codecs": "opus", "length": "23", "bitrate": "24000", "title": "Smaller file"},
    ]
    assert attributes(item, "podcast:alternateEnclosure/podcast:source") == [{"uri": url}, {"uri": small_url}]
    assert attributes(item, "podcast:alternateEnclosure/podcast:integrity") == [
        {"type": "sri", "value": f"sha256-{base64.b64encode(digest.digest()).decode()}"} for digest in (main, small)
    ]


def test_an_enclosure_without_a_smaller_file_is_not_said_twice(show):
    make_episode(show)

    [item] = read_feed(show).items

    assert (len(attributes(item, "enclosure")), attributes(item, "podcast:alternateEnclosure")) == (1, [])


def test_a_show_that_moved_says_where_to(db):
    """Apps are sent on by a 301; who reads the old body all the same finds the address there too."""
    show = make_full_show(moved_to="https://new.example/feed.xml")

    feed = read_feed(show, raw="1")

    assert texts(feed.channel, "itunes:new-feed-url") == ["https://new.example/feed.xml"]


def test_the_notes_hold_all_there_is_to_read(item):
    assert item.findtext("content:encoded", namespaces=NAMES) == (
        '<p>Read <a href="https://example.org/paper">this</a>.</p>\n'
        '<ul><li><a href="https://example.org/paper?a=1&amp;b=2">A paper</a></li></ul>\n'
        "<p><em>Funded by a grant.</em></p>"
    )


def test_a_trailer_is_named_in_the_channel_too(show):
    episode = make_episode(show, kind="trailer", title="Come and hear", audio_content=b"short")

    feed = read_feed(show)

    [item] = feed.items
    assert texts(item, "itunes:episodeType") == ["trailer"]
    assert texts(feed.channel, "podcast:trailer") == ["Come and hear"]
    assert attributes(feed.channel, "podcast:trailer") == [
        {
            "url": f"{SITE}{episode.get_enclosure_url()}",
            "pubdate": item.findtext("pubDate"),
            "length": "5",
            "type": "audio/mpeg",
        }
    ]


def test_episode_zero_has_a_number_where_zero_is_known(show):
    make_episode(show, number=0, display_number="E00")

    [item] = read_feed(show).items

    assert (texts(item, "itunes:episode"), texts(item, "podcast:episode")) == ([], ["0"])
    assert attributes(item, "podcast:episode") == [{"display": "E00"}]


def test_an_episode_of_the_plainest_kind_has_no_empty_tag(show):
    make_episode(show)

    [item] = read_feed(show).items

    empty = [element.tag for element in item.iter() if not element.text and not element.attrib and not len(element)]
    assert empty == []


def test_the_channels_hosts_are_not_repeated_where_the_episode_names_its_own(db):
    show = make_full_show()
    make_appearance(make_episode(show), make_speaker(name="Guest Host"), role="Guest Host")

    [item] = read_feed(show).items

    assert texts(item, "podcast:person") == ["Guest Host"]


def test_a_hidden_person_is_nowhere(db):
    show = make_full_show()
    make_full_episode(show)
    person = show.hosts.get().speaker
    person.hidden = True
    person.save()

    feed = read_feed(show)

    assert (texts(feed.channel, "podcast:person"), texts(feed.items[0], "podcast:person")) == ([], ["Ana Guest"])


def test_a_licence_without_an_address_is_left_out_unless_it_is_of_the_list(db):
    show = make_show(licence="Our own terms")

    assert texts(read_feed(show).channel, "podcast:license") == []


def test_comments_that_are_switched_off_say_only_that(show):
    make_episode(show, social_protocol="disabled", social_uri="https://social.example/1")

    [item] = read_feed(show).items

    assert attributes(item, "podcast:socialInteract") == [{"protocol": "disabled"}]


def test_a_long_description_is_cut_at_a_word_within_4000_bytes(show):
    show.description = show_notes = "Ångström känner " * 1000
    show.save()
    make_episode(show, summary="", show_notes=show_notes)

    feed = read_feed(show)

    for description in (feed.channel.findtext("description"), feed.items[0].findtext("description")):
        assert 3900 < len(description.encode()) <= 4000
        assert description.endswith(("Ångström…", "känner…"))


def test_the_owners_address_stands_in_the_feed_and_on_no_page(db, client):
    show = make_full_show()
    make_full_episode(show)

    pages = [f"/{show.slug}/", f"/{show.slug}/follow/", f"/{show.slug}/about/", f"/{show.slug}/beginnings/"]

    assert b"owner@example.org" in client.get(f"/{show.slug}/feed.xml").content
    assert [page for page in pages if b"owner@example.org" in client.get(page).content] == []


def test_every_address_is_absolute_and_of_this_site(feed):
    ours = [
        value
        for element in feed.root.iter()
        for key, value in element.attrib.items()
        if key in ("url", "href", "img", "uri", "image")
    ]

    assert all(value.startswith(("http://", "https://")) for value in ours)
