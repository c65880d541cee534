"""A feed of many pages is read by the worker: the desk answers at once, and the rehearsal comes when all are here."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from episodes.models import FeedImport, Show
from publishing.importing import gathering
from publishing.importing.gathering import go_on, open_feed, read_again, read_on, stop_reading
from publishing.importing.running import MoveError, resume, start
from publishing.importing.sources import fetch_page
from tests.publishing.foreign_host import host
from tests.publishing.moving_in import feed_with, item_with

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "admin:episodes_feedimport_add"


def page_of(old, number, last=3):
    onward = f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='next' href='/page{number + 1}'/>"
    return feed_with(item_with(f"g{number}", old.place), onward if number < last else "")


@pytest.fixture
def old(settings, tmp_path):
    """A host whose feed has three pages, each with an episode; `asked_for` lists the pages it was asked for."""
    with host(settings, tmp_path) as server:
        for number in (1, 2, 3):
            server.answers[f"/page{number}"] = lambda handler, n=number: handler.send(page_of(server, n))
        yield server


def asked_for(old):
    return [path for _, path, *_ in old.asked]


def begun(old):
    address = f"http://{old.place}/page1"
    return open_feed(address, fetch_page(address))


def guids(move):
    return list(move.items.values_list("guid", flat=True))


def test_the_desk_asks_for_one_page_and_the_worker_for_the_others(old, client):
    client.force_login(User.objects.create_superuser("ann"))

    first = client.post(reverse(ADD), {"address": f"http://{old.place}/page1"}, follow=True).content.decode()
    asked_at_the_desk = asked_for(old)
    move = FeedImport.objects.get()
    go_on(move.pk)
    then = client.get(reverse("admin:episodes_feedimport_change", args=[move.pk])).content.decode()

    assert asked_at_the_desk == ["/page1"]
    assert "1 page with 1 episode have been read so far." in first
    assert 'http-equiv="refresh"' in first
    assert "Start the move" not in first
    assert "3 episodes will be created." in then
    assert "Start the move" in then
    assert (guids(move), Show.objects.count()) == (["g1", "g2", "g3"], 0)


def test_how_far_it_is_is_told_and_a_slice_goes_on_behind_the_last_page(old):
    move = begun(old)

    finished = read_on(move.pk, most_seconds=0)

    told = FeedImport.objects.get()
    assert (finished, told.state, told.report) == (False, "reading", ["2 pages with 2 episodes have been read so far."])
    assert read_on(move.pk) is True
    assert asked_for(old) == ["/page1", "/page2", "/page3"]
    assert (FeedImport.objects.get().state, guids(move)) == ("rehearsed", ["g1", "g2", "g3"])


def test_a_page_that_fails_is_told_and_asked_again_when_a_person_says_so(old):
    move = begun(old)
    old.answers["/page2"] = lambda handler: handler.send(b"gone", 404)

    go_on(move.pk)

    told = FeedImport.objects.get()
    assert told.state == "unread"
    assert "answered 404 instead of a feed" in told.error
    old.answers["/page2"] = lambda handler: handler.send(page_of(old, 2))
    read_again(told)
    go_on(move.pk)
    done = FeedImport.objects.get()
    assert (done.state, done.error, guids(done)) == ("rehearsed", "", ["g1", "g2", "g3"])


def test_reading_can_be_stopped_and_gone_on_with(old, client):
    client.force_login(User.objects.create_superuser("ann"))
    move = begun(old)
    page = reverse("admin:episodes_feedimport_change", args=[move.pk])
    old.answers["/page2"] = lambda handler: (stop_reading(move), handler.send(page_of(old, 2)))

    offered = client.get(page).content.decode()
    go_on(move.pk)
    stopped = client.get(page).content.decode()
    client.post(page, {"read_on": "1"})
    old.answers["/page2"] = lambda handler: handler.send(page_of(old, 2))
    go_on(move.pk)

    assert "Stop reading" in offered
    assert "Reading was stopped." in stopped
    assert "Read on" in stopped
    assert guids(move) == ["g1", "g2", "g3"]


def test_a_killed_reader_is_taken_up_again(old):
    move = begun(old)
    queued_already = resume()
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=1))  # a worker took it, and was killed

    orphaned = resume()

    taken_up = [entry.task["func"] for entry in OrmQ.objects.filter(lock__lte=timezone.now())]
    assert (queued_already, orphaned, taken_up) == (0, 1, ["publishing.importing.gathering.go_on"])
    go_on(move.pk)
    assert resume() == 0


def test_what_nobody_foresaw_waits_for_a_person_and_asks_the_host_no_more(old, monkeypatch):
    move = begun(old)
    monkeypatch.setattr(gathering, "fetch_page", None)

    go_on(move.pk)

    told = FeedImport.objects.get()
    assert (told.state, told.error) == ("unread", "The feed could not be read to its end; the log says why.")
    assert resume() == 0


def test_nothing_is_moved_before_the_feed_is_read(old):
    move = begun(old)

    with pytest.raises(MoveError, match="not been read to its end"):
        start(move)
