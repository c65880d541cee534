"""What apps will do is told before a live episode is saved."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from episodes.models import Episode, Upload
from publishing.feed.difference import what_apps_will_do
from tests.factories import make_draft, make_episode, make_season

pytestmark = pytest.mark.django_db


def changed(episode, **over):
    after = Episode.objects.select_related("show").get(pk=episode.pk)
    for name, value in over.items():
        setattr(after, name, value)
    return what_apps_will_do(episode, after)


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"guid": "another"}, "The GUID cannot change"),
        ({"audio_sha256": "0" * 64}, "The audio changes: apps"),
        ({"slug": "another"}, "The address changes: links to the old page"),
        ({"state": Episode.State.WITHDRAWN}, "The episode leaves the feed"),
        ({"state": Episode.State.DRAFT}, "The episode leaves the feed"),
        ({"published_at": timezone.now() + timedelta(days=1)}, "The episode leaves the feed"),
        ({"published_at": timezone.now() - timedelta(days=9)}, "The date becomes"),
        ({"title": "Another"}, "Apps take over the title within"),
        ({"title": "Another", "summary": "x", "number": 7}, "Apps take over the title, summary and number within"),
        ({"explicit": True}, "Apps take over the mark for explicit words"),
    ],
    ids=lambda given: given if isinstance(given, str) else " and ".join(given),
)
def test_saving_a_live_episode_is_told_by_what_apps_do(show, over, says):
    episode = make_episode(show)

    [said] = changed(episode, **over)

    assert said.startswith(says)


def test_nothing_is_told_where_nothing_shows(show):
    episode = make_episode(show)

    assert changed(episode) == []
    assert changed(episode, artwork_alt="Words that only pages use") == []


def test_nothing_is_told_of_an_episode_that_no_app_has(show):
    assert changed(make_draft(show), title="Another") == []
    assert changed(make_episode(show, published_at=timezone.now() + timedelta(days=1)), title="Another") == []


def test_new_audio_of_another_length_is_a_reason_to_look_at_times(show):
    episode = make_episode(show)

    said = changed(episode, audio_sha256="0" * 64, duration_ms=500_000)

    assert [line[:30] for line in said] == ["The audio changes: apps that h", "It lasts 8:20 instead of 10:00"]


@pytest.fixture
def desk(admin_client):
    return admin_client


def ask(desk, episode, **typed):
    return desk.post(reverse("admin:publishing_feed_difference", args=[episode.pk]), typed)


def test_the_form_as_typed_is_answered_with_sentences(desk, show):
    episode = make_episode(show, title="Old", number=1)
    season = make_season(show)

    same = ask(desk, episode, title="Old", number="1", season="", summary=episode.summary)
    other = ask(desk, episode, title="New", number="2", season=season.pk, explicit="on", new_audio_bytes="12000000")

    assert same.json() == {"sentences": []}
    [audio, texts] = other.json()["sentences"]
    assert audio.startswith("The audio changes (12 MB): ")
    assert texts.startswith("Apps take over the title, mark for explicit words, season and number within")


def test_what_cannot_be_read_is_left_to_the_form(desk, show):
    episode = make_episode(show, number=1)

    response = ask(desk, episode, number="many", season="9" * 5000, new_audio_bytes="9" * 5000)

    assert response.json() == {"sentences": []}


def test_a_file_that_came_up_before_is_told_with_its_size(desk, show, admin_user):
    episode = make_episode(show)
    mine = Upload.objects.create(owner=admin_user, length_bytes=30_000_000, received_bytes=30_000_000)

    told = [ask(desk, episode, audio_token=token).json()["sentences"][0] for token in (mine.pk, episode.pk)]

    assert [sentence.partition(":")[0] for sentence in told] == ["The audio changes (30 MB)", "The audio changes"]


def test_saving_is_not_done_by_asking(desk, show):
    episode = make_episode(show, title="Old")

    ask(desk, episode, title="New")

    episode.refresh_from_db()
    assert episode.title == "Old"


def test_the_difference_is_told_to_producers_only(client, show, django_user_model):
    episode = make_episode(show)
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))

    assert ask(client, episode).status_code == 403
    client.logout()
    assert ask(client, episode).status_code == 302


def test_the_form_of_a_live_episode_asks_before_it_is_saved(desk, show):
    live, draft = make_episode(show), make_draft(show)

    pages = [
        desk.get(reverse("admin:episodes_episode_change", args=[one.pk])).content.decode() for one in (live, draft)
    ]

    assert [page.count("feed_difference.js") for page in pages] == [1, 0]
