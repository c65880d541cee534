import pytest
from django.contrib.auth.models import Group, User

from episodes.history import changes_of
from episodes.models import Episode
from tests.episodes.desk_browser import change_url, form_values, messages_of, send
from tests.factories import make_draft, make_episode, make_speaker, make_topic


def test_the_history_says_who_changed_what(admin_client, admin_user, show):
    episode = make_draft(show, title="Old")
    url = change_url(episode)

    send(admin_client, url, form_values(admin_client, url), title="<b>New</b>")

    newest = changes_of(episode)[0]
    page = admin_client.get(url.replace("change", "history")).content.decode()
    assert newest.who == admin_user.get_username()
    assert [(f.label, f.old, f.new) for f in newest.fields] == [("Title", "Old", "<b>New</b>")]
    assert "&lt;b&gt;New&lt;/b&gt;" in page


def test_earlier_words_come_back_and_identity_and_state_stay(admin_client, show):
    episode = make_episode(show, title="First", summary="First")
    first = changes_of(episode)[-1].version_id
    episode.title, episode.summary = "Second", "Second"
    episode.save()
    before = Episode.objects.values("guid", "state", "published_at", "audio", "slug").get()

    answer = admin_client.post(change_url(episode).replace("change", "history"), {"version": first}, follow=True)

    after = Episode.objects.get()
    assert (after.title, after.summary) == ("First", "First")
    assert Episode.objects.values("guid", "state", "published_at", "audio", "slug").get() == before
    assert messages_of(answer) == ["Came back: Title, Summary."]


def test_consent_that_was_withdrawn_stays_so_when_earlier_words_come_back(admin_client, db):
    speaker = make_speaker(bio="First")
    first = changes_of(speaker)[-1].version_id
    speaker.bio, speaker.hidden = "Second", True
    speaker.save()

    admin_client.post(change_url(speaker).replace("change", "history"), {"version": first})

    speaker.refresh_from_db()
    assert (speaker.bio, speaker.hidden) == ("First", True)


def test_a_show_that_has_moved_stays_moved_when_earlier_words_come_back(admin_client, show):
    first = changes_of(show)[-1].version_id
    before = show.description
    show.description, show.moved_to = "Second", "https://new.example/feed.xml"
    show.save()

    admin_client.post(change_url(show).replace("change", "history"), {"version": first})

    show.refresh_from_db()
    assert (show.description, show.moved_to) == (before, "https://new.example/feed.xml")


@pytest.mark.parametrize("number", [None, "9" * 5000, "x"])
def test_a_version_of_another_episode_is_refused(admin_client, show, number):
    one, other = make_draft(show), make_draft(show)
    foreign = number or changes_of(other)[0].version_id

    answer = admin_client.post(change_url(one).replace("change", "history"), {"version": foreign}, follow=True)

    assert "not in the history of this page" in messages_of(answer)[0]


def test_a_viewer_sees_the_history_and_cannot_go_back(client, show):
    episode = make_draft(show)
    user = User.objects.create_user("v", is_staff=True)
    user.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(user)
    url = change_url(episode).replace("change", "history")

    assert client.get(url).status_code == 200
    assert client.post(url, {"version": 1}).status_code == 403


def test_topics_are_named_in_the_history(admin_client, show):
    episode, topic = make_draft(show), make_topic(name="Trust")
    url = change_url(episode)

    send(admin_client, url, form_values(admin_client, url), topics=[topic.pk])

    fields = [field for change in changes_of(episode) for field in change.fields]
    assert [(f.label, f.old, f.new) for f in fields] == [("Topics", "", "Trust")]
