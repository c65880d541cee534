"""The world is told that a feed changed, by a job that tries again; nobody waits for it."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from episodes.models import Episode
from publishing.announce import WAITS, AnnounceError, announce
from publishing.feed_refresh import refresh_feeds
from tests.factories import in_one_hour, make_draft, make_episode, make_show
from tests.loopback import serving
from tests.publishing.reading_feeds import read_feed

pytestmark = pytest.mark.django_db(transaction=True)


def queued():
    return sorted(OrmQ.objects.values_list("pk", flat=True))


def arguments_queued():
    return sorted(row.task["args"] for row in OrmQ.objects.all())


@pytest.fixture
def hub(settings):
    told = []

    def take(handler):
        told.append(parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode()))
        handler.send(status=204)

    with serving(otherwise=take) as server:
        settings.WEBSUB_HUB_URL = f"http://{server.place}"
        settings.OUTGOING_TEST_HOST = server.place
        server.told = told
        yield server


def test_publishing_queues_one_announcement(show, hub):
    make_episode(show)

    refresh_feeds()
    refresh_feeds()

    assert arguments_queued() == [(show.pk, "hub")]


def test_what_listeners_do_not_see_is_not_announced(show, hub):
    make_draft(show)

    refresh_feeds()

    assert queued() == []


def test_saving_a_draft_beside_published_episodes_announces_nothing(show, hub):
    make_episode(show)
    refresh_feeds()
    OrmQ.objects.all().delete()

    make_draft(show)
    refresh_feeds()

    assert queued() == []


def test_a_change_is_announced_again(show, hub):
    episode = make_episode(show)
    refresh_feeds()

    Episode.objects.filter(pk=episode.pk).update(title="Better")
    refresh_feeds()

    assert arguments_queued() == [(show.pk, "hub"), (show.pk, "hub")]


def test_a_scheduled_hour_is_announced_also_when_an_app_came_first(show, hub, monkeypatch):
    make_episode(show, published_at=in_one_hour())
    refresh_feeds()
    before = queued()

    in_time = timezone.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: in_time)
    read_feed(show)
    refresh_feeds()

    assert (before, arguments_queued()) == ([], [(show.pk, "hub")])


def test_without_services_nothing_is_queued(show):
    make_episode(show)

    refresh_feeds()

    assert queued() == []


def test_the_hub_is_told_the_feeds_one_true_address(show, hub):
    said = announce(show.pk, "hub")

    assert hub.told == [{"hub.mode": ["publish"], "hub.url": [f"http://testserver/{show.slug}/feed.xml"]}]
    assert said == f'The hub was told that "{show.title}" changed.'


def test_the_feed_names_the_hub_in_its_head_and_in_its_headers(show, hub, client, settings):
    response = client.get(f"/{show.slug}/feed.xml")

    links = read_feed(show).channel.findall("{http://www.w3.org/2005/Atom}link")
    assert {link.get("rel"): link.get("href") for link in links} == {
        "self": f"http://testserver/{show.slug}/feed.xml",
        "hub": settings.WEBSUB_HUB_URL,
    }
    assert response["Link"] == (
        f'<{settings.WEBSUB_HUB_URL}>; rel="hub", <http://testserver/{show.slug}/feed.xml>; rel="self"'
    )


def test_podping_is_told_of_shows_that_use_it_only(db, settings):
    uses, does_not = make_show(uses_podping=True), make_show()
    with serving(otherwise=lambda handler: handler.send(b"Success!")) as server:
        settings.PODPING_URL, settings.PODPING_TOKEN = f"http://{server.place}", "a-token"
        settings.OUTGOING_TEST_HOST = server.place

        announce(uses.pk, "podping")
        announce(does_not.pk, "podping")

    [(method, path, headers)] = server.asked
    assert method == "GET"
    assert parse_qs(path.partition("?")[2]) == {
        "url": [f"http://testserver/{uses.slug}/feed.xml"],
        "reason": ["update"],
        "medium": ["podcast"],
    }
    assert headers["Authorization"] == "a-token"


def test_a_hub_that_fails_is_asked_again_later_each_time(show, settings):
    with serving(otherwise=lambda handler: handler.send(status=500)) as server:
        settings.WEBSUB_HUB_URL, settings.OUTGOING_TEST_HOST = f"http://{server.place}", server.place
        waits = []
        for attempt in range(1, len(WAITS) + 1):
            with pytest.raises(AnnounceError, match="It answered 500"):
                announce(show.pk, "hub", attempt)
            again = Schedule.objects.get(func="publishing.announce.announce")
            waits.append(again.next_run - timezone.now())
            assert again.args == repr((show.pk, "hub", attempt + 1))
            again.delete()

    assert waits == sorted(waits)
    assert timedelta(seconds=50) < waits[0] < timedelta(seconds=70)


def test_after_the_last_try_somebody_is_asked_to_look(show, settings):
    with serving(otherwise=lambda handler: handler.send(status=404)) as server:
        settings.WEBSUB_HUB_URL, settings.OUTGOING_TEST_HOST = f"http://{server.place}", server.place

        with pytest.raises(AnnounceError, match="check its address in the settings"):
            announce(show.pk, "hub", len(WAITS) + 1)

    assert not Schedule.objects.filter(func="publishing.announce.announce").exists()


def test_a_hub_inside_the_private_network_is_not_asked(show, settings):
    with serving() as server:
        settings.WEBSUB_HUB_URL = f"http://{server.place}"

        with pytest.raises(AnnounceError):
            announce(show.pk, "hub")

    assert server.asked == []


def test_what_could_not_be_queued_is_announced_at_the_next_look(show, hub):
    make_episode(show)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_q_ormq RENAME TO away")
    try:
        with pytest.raises(DatabaseError):
            refresh_feeds()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO django_q_ormq")

    refresh_feeds()

    assert arguments_queued() == [(show.pk, "hub")]
