"""The desk's view of feeds: state, check, announcements; and what apps will do, told before saving."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import Task

from episodes.models import Episode, Upload
from publishing.feed.difference import what_apps_will_do
from publishing.feed_refresh import refresh_feeds
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

    response = ask(desk, episode, number="many", season="x", new_audio_bytes="-5")

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
