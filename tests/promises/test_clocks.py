"""Clocks that jump and clocks that are set for summer neither take an episode back nor give it another date."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from downloads.delivery import published
from episodes.models import Episode
from episodes.production import publish
from publishing.views.answering import STORED_PAGES
from tests.factories import make_draft, make_episode

# The desk's own jobs of every minute and every night; the others ask services outside or send mail.
JOBS = ["publishing.feed_refresh.refresh_feeds", "downloads.upkeep.every_minute", "downloads.upkeep.every_night"]
JOBS += ["transcripts.timing.request_missing_times", "episodes.sweeping.sweep_daily"]


def jump(hours: float) -> None:
    """Set the clock: to what is compared with it, a clock that goes forward is a date that moves back."""
    Episode.objects.filter(published_at__isnull=False).update(published_at=F("published_at") - timedelta(hours=hours))
    published._memory.clear()
    STORED_PAGES.clear()


def run_every_job() -> None:
    for name in JOBS:
        module, _, function = name.rpartition(".")
        getattr(import_module(module), function)()


def what_is_written() -> list[tuple]:
    return list(Episode.objects.order_by("pk").values_list("guid", "slug", "state", "published_at", "deleted_at"))


def seen(client, episode) -> dict[str, bool]:
    """At which doors a listener finds the episode."""
    feed = client.get(reverse("publishing:feed", args=[episode.show.slug])).content.decode()
    page, audio = client.get(episode.get_absolute_url()), client.get(episode.get_enclosure_url())
    audio.getvalue()
    return {
        "page": page.status_code == 200,
        "audio": audio.status_code == 200,
        "feed": episode.guid in feed,
        "archive": episode.get_absolute_url() in client.get(f"/{episode.show.slug}/episodes/").content.decode(),
    }


def items_of_feed(client, show) -> bytes:
    return client.get(f"/{show.slug}/feed.xml").content.partition(b"<item>")[2]


def test_the_jobs_that_run_here_are_those_of_the_schedule(db):
    assert set(JOBS) <= set(Schedule.objects.values_list("func", flat=True))


@pytest.mark.parametrize("hours", [5, -5, 24 * 400, -24 * 400])
def test_a_clock_that_jumps_and_comes_back_changes_no_row(client, show, hours):
    live = make_episode(show, published_at=timezone.now() - timedelta(hours=2))
    make_episode(show, published_at=timezone.now() + timedelta(hours=2))
    make_episode(show, state="withdrawn", published_at=timezone.now() - timedelta(days=9))
    make_draft(show)
    written, items = what_is_written(), items_of_feed(client, show)

    jump(hours)
    run_every_job()
    seen(client, live)
    jump(-hours)
    run_every_job()

    assert what_is_written() == written
    assert items_of_feed(client, show) == items


def test_after_a_jump_back_everything_older_than_the_jump_stays_open(client, show):
    old = make_episode(show, published_at=timezone.now() - timedelta(hours=6))

    jump(-5)

    assert set(seen(client, old).values()) == {True}


def test_what_a_jump_back_closes_is_closed_at_every_door_alike_until_the_clock_is_there_again(client, show):
    young = make_episode(show, published_at=timezone.now() - timedelta(hours=2))

    jump(-5)
    during = seen(client, young)
    jump(5)

    assert set(during.values()) == {False}
    assert set(seen(client, young).values()) == {True}


def test_an_episode_published_now_keeps_its_date_through_every_later_save(show):
    episode = make_draft(show)
    whole = make_episode(show)
    for name in ("audio", "audio_bytes", "audio_mime", "audio_sha256", "audio_changed_at", "duration_ms"):
        setattr(episode, name, getattr(whole, name))
    episode.summary = "About it"
    episode.save()
    publish(episode)
    date = Episode.objects.get(pk=episode.pk).published_at

    jump(-3)
    moved = Episode.objects.get(pk=episode.pk)
    moved.title = "Another title"
    moved.save()
    jump(3)

    assert Episode.objects.get(pk=episode.pk).published_at == date


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Pacific/Apia"])
def test_a_show_that_moves_to_another_time_zone_redates_nothing(client, show, zone):
    missing_hour = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    doubled_hour = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    make_episode(show, published_at=missing_hour)
    make_episode(show, published_at=doubled_hour)
    items = items_of_feed(client, show)

    show.time_zone = zone
    show.save()

    assert set(Episode.objects.values_list("published_at", flat=True)) == {missing_hour, doubled_hour}
    assert items_of_feed(client, show) == items
