"""The guided page: who may use it, what it shows before, during and after a move."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from episodes.models import Episode, FeedImport, Show
from publishing.importing.running import work
from tests.publishing.foreign_host import SAMPLES, host, sample

ADD = "admin:episodes_feedimport_add"


@pytest.fixture
def publisher(client, db):
    """A client logged in as someone who may make shows and publish."""
    user = User.objects.create_user("pia", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_show", "publish_episode"]))
    client.force_login(user)
    return client


def test_a_show_moves_in_by_hand_from_address_to_report(settings, tmp_path, publisher):
    with host(settings, tmp_path) as old:
        old.answers["/feed"] = lambda handler: handler.send(sample("libsyn.xml", old.place))
        rehearsal = publisher.post(reverse(ADD), {"address": f"http://{old.place}/feed"}, follow=True)
        move = FeedImport.objects.get()
        untouched = Show.objects.count()
        started = publisher.post(rehearsal.redirect_chain[-1][0], {"start": "1"}, follow=True)
        work(move.pk)
        done = publisher.get(rehearsal.redirect_chain[-1][0])

    assert "6 episodes will be created." in rehearsal.content.decode()
    assert (untouched, move.by.username) == (0, "pia")
    assert "0 of 6 episodes" in started.content.decode()
    assert 'http-equiv="refresh"' in started.content.decode()
    assert "6 of 6 episodes are the same in both feeds." in done.content.decode()
    assert 'http-equiv="refresh"' not in done.content.decode()
    assert Episode.objects.published().count() == 6


def test_a_feed_file_is_taken_too(publisher):
    upload = SimpleUploadedFile("feed.xml", (SAMPLES / "podbean.xml").read_bytes())

    answer = publisher.post(reverse(ADD), {"feed_file": upload}, follow=True)

    assert "&quot;JavaScript Air&quot; would be imported as a new show." in answer.content.decode()
    assert "8 episodes will be created." in answer.content.decode()


def test_what_is_missing_is_tried_again_by_a_button(settings, tmp_path, publisher):
    with host(settings, tmp_path) as old:
        old.missing.add(".mp3")
        old.answers["/feed"] = lambda handler: handler.send(sample("libsyn.xml", old.place))
        publisher.post(reverse(ADD), {"address": f"http://{old.place}/feed"})
        move = FeedImport.objects.get()
        page = reverse("admin:episodes_feedimport_change", args=[move.pk])
        publisher.post(page, {"start": "1"})
        work(move.pk)
        offered = publisher.get(page).content.decode()
        old.missing.clear()
        publisher.post(page, {"start": "1"})
        work(move.pk)

    assert "Try again what is missing" in offered
    assert "answered 404" in offered
    assert set(move.items.values_list("state", flat=True)) == {"created"}
    assert all(not row.notes for row in move.items.all())
    assert Episode.objects.published().count() == 6


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Give the feed&#x27;s address, or choose a feed file."),
        ({"address": "http://127.0.0.1:9/feed"}, "private network"),
        ({"feed_file": SimpleUploadedFile("a.xml", b"<html></html>")}, "This is a web page, not a feed"),
        ({"address": "not an address"}, "Enter a valid URL"),
    ],
)
def test_a_source_that_cannot_be_used_is_said_beside_the_form(publisher, fields, sentence):
    answer = publisher.post(reverse(ADD), fields)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert FeedImport.objects.count() == 0


def test_a_locked_feed_offers_no_start(publisher):
    upload = SimpleUploadedFile("feed.xml", (SAMPLES / "podcasting20-all-tags.xml").read_bytes())

    answer = publisher.post(reverse(ADD), {"feed_file": upload}, follow=True)
    forced = publisher.post(answer.redirect_chain[-1][0], {"start": "1"}, follow=True)

    assert "This feed is locked" in answer.content.decode()
    assert "Start the move" not in answer.content.decode()
    assert "This feed is locked" in forced.content.decode()
    assert Show.objects.count() == 0


def test_markup_in_a_feed_is_text_on_the_page(publisher):
    upload = SimpleUploadedFile(
        "<b>.xml",
        b"<rss><channel><title>&lt;i&gt;x&lt;/i&gt;&lt;script&gt;y()&lt;/script&gt;</title><item><title>A &amp;amp; B"
        b"</title><guid>&lt;script&gt;z()&lt;/script&gt;</guid></item></channel></rss>",
    )

    page = publisher.post(reverse(ADD), {"feed_file": upload}, follow=True).content.decode()

    assert "<script>y" not in page
    assert "<script>z" not in page


@pytest.mark.parametrize("permissions", [[], ["add_show"], ["publish_episode"]])
def test_others_of_the_team_may_not_move_shows(client, db, permissions):
    user = User.objects.create_user("ann", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)

    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), {"address": "https://a.example/"}).status_code == 403


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "²", "x"])
def test_a_move_that_is_not_there_is_said_to_be_missing(publisher, number):
    assert publisher.get(reverse("admin:episodes_feedimport_change", args=[number])).status_code == 404
