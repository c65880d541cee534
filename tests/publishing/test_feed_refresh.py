"""Kept feeds follow what is published; nothing that fails takes a good feed away."""

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from downloads.delivery.patience import breaker
from episodes.models import Episode
from publishing.feed import cache as feed_cache
from publishing.feed import store as feed_store
from publishing.feed_refresh import refresh_feeds
from tests.factories import in_one_hour, make_episode, make_show
from tests.publishing.reading_feeds import parse, read_feed

pytestmark = pytest.mark.django_db(transaction=True)


def kept_titles(show):
    return parse(feed_store.load(show.pk).page(1)).titles


def withdraw(episode):
    Episode.objects.filter(pk=episode.pk).update(state=Episode.State.WITHDRAWN)


def test_the_copy_for_bad_times_is_rid_of_a_withdrawn_episode_before_the_producer_reads_it(client, show):
    episode = make_episode(show)
    read_feed(show)
    withdraw(episode)

    client.post("/admin/login/")

    assert kept_titles(show) == []


def test_reading_a_page_renews_nothing(client, show):
    episode = make_episode(show, title="Kept")
    read_feed(show)
    withdraw(episode)

    client.get("/admin/login/")

    assert kept_titles(show) == ["Kept"]


def test_a_scheduled_hour_reaches_the_copy_for_bad_times(show, monkeypatch):
    make_episode(show, title="Later", published_at=in_one_hour())
    refresh_feeds()
    before = kept_titles(show)

    in_time = timezone.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: in_time)
    refresh_feeds()

    assert (before, kept_titles(show)) == ([], ["Later"])


def test_feeds_that_are_as_they_should_be_cost_one_query(show, django_assert_num_queries):
    make_episode(show)
    refresh_feeds()

    with django_assert_num_queries(1):
        said = refresh_feeds()

    assert said == "All feeds are as they should be."


def test_the_feed_of_a_deleted_show_is_forgotten(show):
    refresh_feeds()

    show.delete()
    refresh_feeds()

    assert feed_store.load(show.pk) is None


def test_an_older_build_never_replaces_a_newer_one(show):
    episode = make_episode(show, title="First")
    read_feed(show)
    older = feed_store.load(show.pk)
    Episode.objects.filter(pk=episode.pk).update(title="Second")
    read_feed(show)

    feed_store.keep(older)

    assert kept_titles(show) == ["Second"]


def break_building(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("a fault in the code that builds")

    monkeypatch.setattr(feed_cache, "build", broken)


def test_a_build_that_raises_never_replaces_a_good_feed(client, show, monkeypatch, caplog):
    episode = make_episode(show, title="Good")
    make_episode(show, title="Older", published_at=timezone.now() - timedelta(days=1))
    good = client.get(f"/{show.slug}/feed.xml")
    Episode.objects.filter(pk=episode.pk).update(title="Better")
    break_building(monkeypatch)

    with caplog.at_level(logging.ERROR):
        answer = client.get(f"/{show.slug}/feed.xml")

    assert (answer.status_code, answer.content) == (200, good.content)
    assert answer["Warning"] == '110 - "Response is Stale"'
    assert "cannot be built" in caplog.text


def test_a_database_that_dies_while_a_feed_is_built_takes_no_feed_away(client, show, monkeypatch):
    episode = make_episode(show, title="Good")
    good = client.get(f"/{show.slug}/feed.xml")
    Episode.objects.filter(pk=episode.pk).update(title="Better")

    def die(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(feed_cache, "build", die)
    monkeypatch.setattr(feed_cache, "drop_withdrawn", die)
    # The breaker would otherwise ask again in the background, and outlive the test.
    monkeypatch.setattr("downloads.delivery.patience.Breaker._open", lambda self, error: None)
    answer = client.get(f"/{show.slug}/feed.xml")

    assert (answer.status_code, answer.content) == (200, good.content)
    assert answer["Warning"] == '110 - "Response is Stale"'


def test_a_withdrawn_episode_is_gone_even_while_nothing_can_be_built_nor_kept(client, show, monkeypatch, caplog):
    withdraw_me = make_episode(show, title="Withdrawn")
    make_episode(show, title="Stays", published_at=timezone.now() - timedelta(days=1))
    read_feed(show)
    break_building(monkeypatch)
    withdraw(withdraw_me)
    lock = feed_store._path(show.pk).with_suffix(".lock")
    lock.unlink()
    lock.mkdir()  # what nobody can write to, not even root

    answer = client.get(f"/{show.slug}/feed.xml")

    assert parse(answer.content).titles == ["Stays"]
    assert "cannot be kept on disk" in caplog.text
    assert not breaker.is_open


def test_a_withdrawn_episode_is_gone_even_while_nothing_can_be_built(client, show, monkeypatch):
    withdraw_me = make_episode(show, title="Withdrawn")
    make_episode(show, title="Stays", published_at=timezone.now() - timedelta(days=1))
    read_feed(show)
    break_building(monkeypatch)
    withdraw(withdraw_me)

    asked = read_feed(show).titles
    refresh_feeds()

    assert (asked, kept_titles(show)) == (["Stays"], ["Stays"])


def test_a_feed_that_never_could_be_built_is_said_to_come_later(client, show, monkeypatch):
    break_building(monkeypatch)

    answer = client.get(f"/{show.slug}/feed.xml")

    assert (answer.status_code, answer["Cache-Control"], answer["Retry-After"]) == (503, "no-store", "60")


def test_a_damaged_copy_on_disk_is_made_anew(client, show, settings):
    make_episode(show, title="Whole")
    read_feed(show)
    path = settings.VAR_DIR / "feeds" / f"{show.pk}.feed"
    path.write_bytes(path.read_bytes()[:-10])
    feed_cache._bodies._held.clear()

    assert read_feed(show).titles == ["Whole"]
    assert kept_titles(show) == ["Whole"]


def test_a_folder_that_cannot_be_written_keeps_no_feed_from_anybody(client, show, settings, tmp_path):
    (tmp_path / "file").write_text("a file where the folder should be")
    settings.VAR_DIR = tmp_path / "file"
    make_episode(show, title="Sent")

    assert read_feed(show).titles == ["Sent"]


def test_text_that_slipped_past_every_field_still_makes_a_whole_feed(show):
    episode = make_episode(show)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE episodes_episode SET title = %s, slug = %s WHERE id = %s", ("A\x01B\x1fC", "x\x0by", episode.pk)
        )

    assert read_feed(show).titles == ["ABC"]


def test_an_item_that_cannot_be_written_stays_as_it_was_and_harms_no_other(show, monkeypatch, caplog):
    from publishing.rss import feed as feed_builder

    good = make_episode(show, title="Good", published_at=timezone.now() - timedelta(days=2))
    bad = make_episode(show, title="As it was")
    read_feed(show)
    Episode.objects.filter(pk__in=[good.pk, bad.pk]).update(summary="Something new.")
    write = feed_builder.item_bytes

    def some_fail(item, *args):
        if item.id == bad.pk:
            raise RuntimeError("a fault in one item")
        return write(item, *args)

    monkeypatch.setattr(feed_builder, "item_bytes", some_fail)
    feed = read_feed(show)

    assert [(item.findtext("title"), item.findtext("description")) for item in feed.items] == [
        ("As it was", "What it is about."),
        ("Good", "Something new."),
    ]
    assert f"Episode {bad.pk}" in caplog.text


def test_each_show_has_its_own_feed(db):
    one, other = make_show(), make_show()
    make_episode(one, title="Of one")
    make_episode(other, title="Of the other")

    assert (read_feed(one).titles, read_feed(other).titles) == (["Of one"], ["Of the other"])
