"""A show that uses everything a feed can say, for tests that read it back."""

import uuid
from datetime import UTC, datetime

from episodes.models import EpisodeLink, FundingLink, RecommendedShow, ShowHost, Soundbite, VerificationText
from tests.factories import (
    make_appearance,
    make_chapter,
    make_episode,
    make_season,
    make_show,
    make_small_audio,
    make_speaker,
    make_topic,
)
from transcripts.models import Segment, Transcript

PODCAST_GUID = uuid.UUID("917393e3-1b1e-5cef-ace4-edaa54e1f810")
NOON = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)


def make_full_show(**over):
    fields = {
        "title": "The Power of Coproduction",
        "slug": "coproduction",
        "description": "About **health** made together.",
        "author": "The Coproduction Team",
        "owner_name": "Pat Owner",
        "owner_email": "owner@example.org",
        "language": "en-us",
        "category": "Health & Fitness > Medicine",
        "second_category": "Science",
        "explicit": False,
        "type": "serial",
        "copyright": "The Team",
        "licence": "CC-BY-4.0",
        "podcast_guid": PODCAST_GUID,
        "locked": True,
        "artwork": "artwork/show.jpg",
        "artwork_alt": "Two hands",
        "artwork_width_px": 3000,
        "artwork_mime": "image/jpeg",
        "complete": True,
        "blocked": True,
        "publisher_guid": uuid.UUID("003af0a0-6a45-55cf-b765-68e3d349551a"),
        "publisher_feed": "https://publisher.example/feed.xml",
        "location_name": "Jönköping",
        "location_geo": "geo:57.78,14.16",
        "location_osm": "R935611",
        "location_country": "SE",
        "update_rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        "update_label": "every second Monday",
        "update_starts_at": NOON,
        "uses_podping": True,
        "chat_server": "matrix.example.org",
        "chat_protocol": "matrix",
        "chat_account": "@paul:matrix.example.org",
        "chat_space": "#coproduction:matrix.example.org",
    }
    show = make_show(**{**fields, **over})
    host = make_speaker(name="Paul Host", slug="paul-host", photo="people/paul.jpg")
    ShowHost.objects.create(show=show, speaker=host)
    FundingLink.objects.create(show=show, url="https://example.org/give", label="Support us & our work")
    VerificationText.objects.create(show=show, purpose="applepodcastsverify", text="CODE-123")
    RecommendedShow.objects.create(
        show=show,
        title="Another",
        feed_guid=uuid.UUID("9b024349-ccf0-5f69-a609-6b82873eab3c"),
        feed_url="https://podnews.net/rss",
    )
    return show


def make_full_episode(show, **over):
    fields = {
        "title": "Beginnings & ends",
        "slug": "beginnings",
        "guid": "https://old.example/?p=12",
        "guid_is_permalink": True,
        "summary": "How it began.",
        "show_notes": "Read [this](https://example.org/paper).",
        "disclosure": "Funded by a grant.",
        "kind": "full",
        "number": 3,
        "display_number": "E03",
        "season": make_season(show, number=2, name="The second year"),
        "published_at": NOON,
        "explicit": True,
        "artwork": "artwork/episode.png",
        "artwork_alt": "A door",
        "artwork_width_px": 1400,
        "artwork_mime": "image/png",
        "location_name": "Stockholm",
        "location_geo": "geo:59.33,18.06",
        "licence": "CC0",
        "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "social_protocol": "activitypub",
        "social_uri": "https://social.example/@show/1",
        "duration_ms": 698_400,
        "bitrate_bps": 96_000,
        "audio_content": b"the very bytes of the audio",
    }
    episode = make_episode(show, **{**fields, **over})
    make_small_audio(episode, b"the very bytes in small")
    episode.topics.add(make_topic(name="Care"), make_topic(name="Trust"))
    guest = make_speaker(name="Ana Guest", slug="ana-guest")
    make_appearance(episode, guest, role="Guest", position=1)
    make_appearance(episode, make_speaker(name="No Longer Named", hidden=True), role="Guest")
    make_chapter(episode, 0, title="Start")
    make_chapter(episode, 61_500, title="Middle", link="https://example.org/m", image="chapters/m.jpg")
    make_chapter(episode, 90_000, title="Not listed", listed=False)
    Soundbite.objects.create(episode=episode, start_ms=73_000, duration_ms=30_500, title="The heart of it")
    EpisodeLink.objects.create(episode=episode, title="A paper", url="https://example.org/paper?a=1&b=2")
    timed = Transcript.objects.create(episode=episode, language="en-us")
    Segment.objects.create(transcript=timed, position=0, text="Hello.", start_ms=0, end_ms=900, status="ok")
    untimed = Transcript.objects.create(episode=episode, language="sv")
    Segment.objects.create(transcript=untimed, position=0, text="Hej.")
    Transcript.objects.create(episode=episode, language="de", state="hidden")
    return episode
