"""The desk's view of feeds: state, check, announcements."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import Task

from publishing.feed_refresh import refresh_feeds
from tests.factories import make_episode

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin_client):
    return admin_client


def test_feeds_are_listed_with_their_address(desk, show):
    make_episode(show)
    refresh_feeds()

    page = desk.get(reverse("admin:publishing_feed_changelist")).content.decode()

    assert f"http://testserver/{show.slug}/feed.xml" in page


def test_a_feeds_page_shows_who_was_told_and_who_could_not_be(desk, show, settings):
    settings.WEBSUB_HUB_URL = "https://hub.example"
    now = timezone.now()
    for number, (success, result) in enumerate([(True, "The hub was told."), (False, "It failed. : Traceback (x)")]):
        Task.objects.create(
            id=str(number),
            name=f"Announce feed {show.pk} to hub",
            func="publishing.announce.announce",
            started=now + timedelta(seconds=number),
            stopped=now,
            success=success,
            result=result,
        )

    page = desk.get(reverse("admin:publishing_feed_change", args=[show.pk])).content.decode()
    front = desk.get(reverse("admin:index")).content.decode()

    assert "The hub was told." in page
    assert "<td>It failed.</td>" in page
    assert f"Apps were not told of “{show.title}”" in front


def test_a_later_try_that_went_well_ends_the_alarm(desk, show):
    """What a schedule begins has a name of django-q's; ours is its group."""
    now = timezone.now()
    first = {"name": f"Announce feed {show.pk} to hub", "success": False, "result": "It failed. : Traceback (x)"}
    second = {"name": "four-random-words-here", "group": f"Announce feed {show.pk} to hub, try 2", "success": True,
              "result": "At last the hub was told."}  # fmt: skip
    for number, task in enumerate([first, second]):
        Task.objects.create(
            id=str(number),
            func="publishing.announce.announce",
            started=now + timedelta(minutes=number),
            stopped=now,
            **task,
        )

    page = desk.get(reverse("admin:publishing_feed_change", args=[show.pk])).content.decode()
    front = desk.get(reverse("admin:index")).content.decode()

    assert "At last the hub was told." in page
    assert "Apps were not told" not in front


def test_nobody_edits_or_deletes_a_feed_there(desk, show):
    assert desk.get(reverse("admin:publishing_feed_add")).status_code == 403
    assert desk.post(reverse("admin:publishing_feed_delete", args=[show.pk])).status_code == 403


def test_the_check_is_made_when_its_button_is_pressed(desk, show, live_server, settings):
    settings.SITE_URL = live_server.url
    url = reverse("admin:publishing_feed_change", args=[show.pk])

    before, after = desk.get(url).content.decode(), desk.post(url).content.decode()

    assert "<strong>MUST</strong>" not in before
    assert "<strong>MUST</strong>" in after
    assert "The feed has no episode" in after or "Apps cannot fetch the feed" in after
