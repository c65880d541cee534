"""The feed's mark, its date in the head and its date in the body follow every row it shows, and nothing else."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from episodes.models import (
    Appearance,
    Chapter,
    Episode,
    EpisodeLink,
    FollowLink,
    FundingLink,
    RecommendedShow,
    Season,
    Show,
    ShowHost,
    ShowStamp,
    SmallAudio,
    Soundbite,
    Speaker,
    Topic,
    VerificationText,
)
from publishing.feed import store as feed_store
from publishing.feed.cache import _bodies
from tests.factories import in_one_hour, make_chapter, make_draft, make_episode, make_speaker, make_topic
from tests.publishing.full_show import make_full_episode, make_full_show
from tests.publishing.reading_feeds import parse
from transcripts.models import Segment, Transcript

pytestmark = pytest.mark.django_db
AN_HOUR_US = 3_600_000_000


@pytest.fixture
def show(db):
    """A full show whose last change was an hour ago."""
    show = make_full_show()
    make_full_episode(show)
    make_episode(show, kind="trailer", title="Trailer", published_at=timezone.now() - timedelta(days=9))
    make_draft(show)
    make_episode(show, slug="tomorrow", published_at=in_one_hour())
    make_episode(show, slug="tomorrow-perhaps", state="withdrawn")
    long_ago(show)
    return show


def long_ago(show):
    past = ShowStamp.objects.get(show=show).stamp - AN_HOUR_US
    ShowStamp.objects.filter(show=show).update(stamp=past, shown_stamp=past)


def answer(client, show):
    response = client.get(f"/{show.slug}/feed.xml")
    built = parsedate_to_datetime(parse(response.content).channel.findtext("lastBuildDate"))
    return response.content, response["ETag"], parsedate_to_datetime(response["Last-Modified"]), built


def guest():
    return Speaker.objects.filter(name="Ana Guest")


SHOWN = {
    "show": lambda: Show.objects.update(tagline="x", title="Other"),
    "cover": lambda: Show.objects.update(artwork="artwork/other.jpg"),
    "chat": lambda: Show.objects.update(chat_space="#other"),
    "season name": lambda: Season.objects.update(name="The third year"),
    "funding": lambda: FundingLink.objects.update(label="Give"),
    "funding gone": lambda: FundingLink.objects.all().delete(),
    "verification text": lambda: VerificationText.objects.update(text="CODE-456"),
    "podroll": lambda: RecommendedShow.objects.update(title="Yet another"),
    "host's role": lambda: ShowHost.objects.update(role="Producer"),
    "host's name": lambda: Speaker.objects.filter(slug="paul-host").update(name="Paul H."),
    "host's photo": lambda: Speaker.objects.filter(slug="paul-host").update(photo="people/new.jpg"),
    "episode": lambda: Episode.objects.filter(slug="beginnings").update(title="Ends"),
    "audio": lambda: Episode.objects.filter(slug="beginnings").update(audio_sha256="d" * 64),
    "trailer": lambda: Episode.objects.filter(kind="trailer").update(title="Hear this"),
    "episode withdrawn": lambda: Episode.objects.filter(slug="beginnings").update(state="withdrawn"),
    "episode thrown away": lambda: Episode.objects.filter(slug="beginnings").update(deleted_at=timezone.now()),
    "draft published": lambda: make_episode(Show.objects.get()),
    "smaller file gone": lambda: SmallAudio.objects.all().delete(),
    "smaller file": lambda: SmallAudio.objects.update(title="Tiny"),
    "guest's name": lambda: guest().update(name="Ana G."),
    "guest hidden": lambda: guest().update(hidden=True),
    "guest's role": lambda: Appearance.objects.filter(speaker__in=guest()).update(role="Narrator"),
    "guest gone": lambda: Appearance.objects.filter(speaker__in=guest()).delete(),
    "new guest": lambda: Appearance.objects.create(
        episode=Episode.objects.get(slug="beginnings"), speaker=make_speaker(), role="Guest"
    ),
    "topic's name": lambda: Topic.objects.filter(name="Care").update(name="Caring"),
    "topic added": lambda: Episode.objects.get(slug="beginnings").topics.add(make_topic(name="New")),
    "topic removed": lambda: Episode.objects.get(slug="beginnings").topics.clear(),
    "chapter": lambda: Chapter.objects.filter(title="Middle").update(title="Centre"),
    "chapter added": lambda: make_chapter(Episode.objects.get(slug="beginnings"), 70_000),
    "chapters gone": lambda: Chapter.objects.all().delete(),
    "sound bite": lambda: Soundbite.objects.update(duration_ms=20_000),
    "reference": lambda: EpisodeLink.objects.update(title="The paper"),
    "transcript hidden": lambda: Transcript.objects.filter(language="sv").update(state="hidden"),
    "transcript's language": lambda: Transcript.objects.filter(language="sv").update(language="no"),
    "transcript gone": lambda: Transcript.objects.filter(language="sv").delete(),
    "transcript timed": lambda: Segment.objects.filter(transcript__language="sv").update(
        start_ms=0, end_ms=900, status="ok"
    ),
}
NOT_SHOWN = {
    "draft": lambda: Episode.objects.filter(state="draft").update(title="Later"),
    "draft's chapters": lambda: make_chapter(Episode.objects.get(state="draft")),
    "a corrected word": lambda: Segment.objects.filter(transcript__language="sv").update(text="Hejsan."),
    "a draft scheduled": lambda: Episode.objects.filter(slug="tomorrow-perhaps").update(
        state="public", published_at=in_one_hour()
    ),
    "a scheduled episode": lambda: Episode.objects.filter(slug="tomorrow").update(title="Otherwise"),
    "its chapters": lambda: make_chapter(Episode.objects.get(slug="tomorrow")),
    "its words": lambda: Segment.objects.create(
        transcript=Transcript.objects.create(episode=Episode.objects.get(slug="tomorrow"), language="en"),
        position=0,
        text="Tomorrow.",
    ),
    "nothing": lambda: None,
}


@pytest.mark.parametrize("change", SHOWN.values(), ids=SHOWN)
def test_what_the_feed_shows_moves_its_mark_and_its_dates(client, show, change):
    body, etag, modified, built = answer(client, show)

    change()

    after_body, after_etag, after_modified, after_built = answer(client, show)
    assert (after_body != body, after_etag != etag) == (True, True)
    assert (after_modified > modified, after_built > built) == (True, True)


@pytest.mark.parametrize("change", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_it_does_not_show_leaves_every_byte(client, show, change):
    before = answer(client, show)

    change()

    assert answer(client, show)[:2] == before[:2]


def test_the_same_rows_give_the_same_bytes_also_when_nothing_is_remembered(client, show):
    before = answer(client, show)

    _bodies._held.clear()
    feed_store.forget(show.pk)

    assert answer(client, show) == before


def test_a_scheduled_hour_moves_mark_and_dates(client, show, monkeypatch):
    hour = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    Episode.objects.filter(slug="tomorrow").update(published_at=hour)
    before = answer(client, show)

    monkeypatch.setattr(timezone, "now", lambda: hour + timedelta(seconds=1))

    after = answer(client, show)
    assert (after[0] != before[0], after[1] != before[1]) == (True, True)
    assert before[2] < after[2] == after[3] == hour


def test_a_follow_link_is_on_pages_only(client, show):
    before = parse(answer(client, show)[0]).root

    FollowLink.objects.create(show=show, app="apple", url="https://podcasts.apple.com/x")

    after = parse(answer(client, show)[0]).root
    for feed in (before, after):
        feed.find("channel").remove(feed.find("channel/lastBuildDate"))
    assert [element.attrib for element in after.iter()] == [element.attrib for element in before.iter()]
