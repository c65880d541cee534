import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from episodes.models import Episode, Show, Speaker
from tests.episodes.desk_browser import add_url, change_url, form_values, send
from tests.factories import in_one_hour, make_draft, make_episode, make_speaker


def someone(client, role: str):
    user = User.objects.create_user(role.lower() or "nobody", password="x", is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def action(episode, verb: str) -> str:
    return change_url(episode).replace("change", verb)


def test_each_role_holds_rights_that_exist(db):
    counts = {group.name: group.permissions.count() for group in Group.objects.all()}

    assert set(counts) >= {"Viewer", "Producer", "Publisher"}
    assert counts["Viewer"] < counts["Producer"] < counts["Publisher"]
    assert Permission.objects.filter(codename="publish_episode", group__name="Publisher").exists()


# Status of GET for: nobody's role, Viewer, Producer, Publisher.
PAGES = {
    "list of episodes": (lambda e: reverse("admin:episodes_episode_changelist"), (403, 200, 200, 200)),
    "add an episode": (lambda e: add_url(Episode), (403, 403, 200, 200)),
    "edit a draft": (change_url, (403, 200, 200, 200)),
    "publish": (lambda e: action(e, "publish"), (403, 403, 403, 200)),
    "withdraw": (lambda e: action(e, "withdraw"), (403, 403, 403, 200)),
    "preview": (lambda e: action(e, "preview"), (403, 200, 200, 200)),
    "process": (lambda e: action(e, "process"), (403, 403, 200, 200)),
    "work": (lambda e: action(e, "work"), (403, 200, 200, 200)),
    "propose": (lambda e: action(e, "propose"), (403, 200, 200, 200)),
    "listen": (lambda e: action(e, "listen"), (403, 404, 404, 404)),
    "history": (lambda e: action(e, "history"), (403, 200, 200, 200)),
    "add a show": (lambda e: add_url(Show), (403, 403, 403, 200)),
    "edit a show": (lambda e: change_url(e.show), (403, 200, 200, 200)),
    "add a speaker": (lambda e: add_url(Speaker), (403, 403, 200, 200)),
    "begin an upload": (lambda e: reverse("admin:episodes_upload"), (403, 403, 405, 405)),
    "users": (lambda e: reverse("admin:auth_user_changelist"), (403, 403, 403, 403)),
}


@pytest.mark.parametrize(("role", "column"), [("", 0), ("Viewer", 1), ("Producer", 2), ("Publisher", 3)])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_to_the_roles_it_is_for(client, show, page, role, column):
    url, statuses = PAGES[page]
    episode = make_draft(show)

    response = someone(client, role).get(url(episode))

    assert response.status_code == statuses[column]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(client, show, page):
    response = client.get(PAGES[page][0](make_draft(show)))

    assert response.status_code in (302, 403)
    if response.status_code == 302:
        assert "/login/" in response["Location"]


@pytest.mark.parametrize(
    ("role", "state"), [("Viewer", "draft"), ("Producer", "public"), ("Producer", "scheduled"), ("", "draft")]
)
def test_who_may_not_change_an_episode_cannot_by_sending_the_form(client, show, role, state):
    make = {"draft": make_draft, "public": make_episode, "scheduled": make_episode}[state]
    over = {"published_at": in_one_hour()} if state == "scheduled" else {}
    episode = make(show, title="Old", **over)

    someone(client, role).post(
        change_url(episode), {"title": "New", "slug": "new", "show": show.pk, "_whole": "1", "_save": "1"}
    )

    assert Episode.objects.get().title == "Old"


@pytest.mark.parametrize("verb", ["publish", "withdraw"])
def test_a_producer_cannot_publish_or_withdraw_by_sending_the_form(client, show, verb):
    episode = make_episode(show) if verb == "withdraw" else make_episode(show, state="draft")
    before = episode.state

    response = someone(client, "Producer").post(action(episode, verb), {"when": "now"})

    assert response.status_code == 403
    assert Episode.objects.get().state == before


def test_a_producer_cannot_throw_away_a_live_episode(client, show):
    episode = make_episode(show)

    someone(client, "Producer").post(
        reverse("admin:episodes_episode_changelist"), {"_selected_action": [episode.pk], "action": "discard_chosen"}
    )

    assert Episode.objects.get().deleted_at is None


def test_withdrawn_consent_hides_a_person_at_once(client, show):
    speaker = make_speaker()
    url = change_url(speaker)

    someone(client, "Producer")
    send(client, url, form_values(client, url), hidden="on")

    assert not Speaker.objects.shown().filter(pk=speaker.pk).exists()
