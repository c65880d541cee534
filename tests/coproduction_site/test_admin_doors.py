"""Who may open each address of the admin, and who may send something there: all of them, none forgotten."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from episodes.models import Episode
from tests.coproduction_site.admin_doors import ROLES, Desk, all_doors, client_of

# (the least role that may look, the least that may send): addresses. "anyone" is anybody of the team who is signed in,
# also without a role; "never" is nobody.
DOORS = {
    ("Producer", "Producer"): (
        "episodes_episode_add", "episodes_episode_pictures", "episodes_episode_process", "episodes_season_add",
        "episodes_speaker_add", "episodes_topic_add", "episodes_upload", "episodes_upload_piece",
        "transcripts_correction_decide", "transcripts_transcript_add", "transcripts_transcript_delete",
        "transcripts_transcript_edit", "transcripts_transcript_restore", "transcripts_transcript_revisions",
        "transcripts_transcript_voices",
    ),
    ("Publisher", "Publisher"): (
        "episodes_episode_publish", "episodes_episode_withdraw", "episodes_feedimport_add",
        "episodes_feedimport_change", "episodes_feedimport_changelist", "episodes_feedimport_history",
        "episodes_season_delete", "episodes_show_add", "episodes_speaker_delete", "episodes_topic_delete",
    ),
    ("Viewer", "Producer"): (
        "episodes_episode_change", "episodes_episode_history", "episodes_episode_preview", "episodes_season_change",
        "episodes_season_history", "episodes_speaker_change", "episodes_speaker_history", "episodes_topic_change",
        "transcripts_correction_change", "transcripts_transcript_change",
    ),
    ("Viewer", "Publisher"): (
        "episodes_show_change", "episodes_show_history",
    ),
    ("Viewer", "Viewer"): (
        "downloads_dailydownload_history", "downloads_request_history",
        "app_list", "downloads_dailydownload_changelist", "downloads_request_changelist",
        "episodes_episode_changelist", "episodes_episode_listen", "episodes_episode_propose",
        "episodes_episode_work", "episodes_picturework_changelist", "episodes_picturework_history",
        "episodes_season_changelist", "episodes_show_changelist", "episodes_speaker_changelist",
        "episodes_topic_changelist", "episodes_topic_history", "publishing_feed_change",
        "publishing_feed_changelist", "publishing_feed_difference", "publishing_feed_history",
        "transcripts_correction_changelist", "transcripts_correction_history", "transcripts_transcript_changelist",
        "transcripts_transcript_history",
    ),
    ("Viewer", "never"): (
        "downloads_dailydownload_change", "downloads_request_change", "episodes_picturework_change",
    ),
    ("anyone", "anyone"): (
        "index", "jsi18n", "login", "logout", "password_change", "password_change_done", "view_on_site",
    ),
    ("never", "never"): (
        "autocomplete", "django_q_failure_add", "django_q_ormq_add", "django_q_success_add",
        "downloads_dailydownload_add", "downloads_dailydownload_delete", "downloads_request_add",
        "downloads_request_delete", "episodes_episode_delete", "episodes_feedimport_delete",
        "episodes_picturework_add", "episodes_picturework_delete", "publishing_feed_add", "publishing_feed_delete",
        "transcripts_correction_add",
    ),
    ("superuser", "superuser"): (
        "account_emailaddress_add", "account_emailaddress_change", "account_emailaddress_changelist",
        "account_emailaddress_delete", "account_emailaddress_history", "auth_group_add", "auth_group_change",
        "auth_group_changelist", "auth_group_delete", "auth_group_history", "auth_user_add", "auth_user_change",
        "auth_user_changelist", "auth_user_delete", "auth_user_history", "auth_user_password_change",
        "django_q_failure_change", "django_q_failure_changelist", "django_q_failure_delete",
        "django_q_failure_history", "django_q_ormq_change", "django_q_ormq_changelist", "django_q_ormq_delete",
        "django_q_ormq_history", "django_q_schedule_add", "django_q_schedule_change", "django_q_schedule_changelist",
        "django_q_schedule_delete", "django_q_schedule_history", "django_q_success_change",
        "django_q_success_changelist", "django_q_success_delete", "django_q_success_history",
        "episodes_show_delete",
        "mfa_authenticator_add", "mfa_authenticator_change", "mfa_authenticator_changelist",
        "mfa_authenticator_delete", "mfa_authenticator_history", "transcripts_correction_delete",
    ),
}  # fmt: skip
NEEDS = {name: needs for needs, names in DOORS.items() for name in names}


def test_every_address_of_the_admin_says_who_may_use_it():
    assert sorted(NEEDS) == all_doors()


def test_each_role_may_all_that_the_role_below_it_may(db):
    rights = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}

    assert rights["Viewer"] < rights["Producer"] < rights["Publisher"]


@pytest.fixture
def desk(show) -> Desk:
    return Desk(show)


def is_refused(client: Client, method: str, desk: Desk, name: str) -> bool:
    user = User.objects.get(pk=client.session["_auth_user_id"])
    sent = {} if name.endswith("_delete") else {"_whole": "1"}  # a deletion is asked for, not confirmed
    answer = client.get(desk.url(name, user)) if method == "get" else client.post(desk.url(name, user), sent)
    assert answer.status_code < 500
    return answer.status_code == 403 or (answer.status_code in (404, 405) and name in HIDDEN)


# A list of things none of which one may see is answered as if it were not there.
HIDDEN = {"app_list", "autocomplete", "downloads_dailydownload_changelist"}
# Sending this begins to fetch a feed; it has tests of its own.
BEGINS_A_MOVE = ("episodes_feedimport_change", "post")
# These end a session or begin one, whoever asks.
ABOUT_ONESELF = {"login", "logout", "index", "jsi18n", "password_change", "password_change_done", "view_on_site"}


@pytest.mark.parametrize("name", sorted(set(NEEDS) - ABOUT_ONESELF))
def test_the_role_below_is_refused_and_the_role_itself_is_not(desk, name):
    clients = {"nobody": client_of("nobody")}
    for method, least in zip(("get", "post"), NEEDS[name], strict=True):
        below = ROLES[-1] if least == "never" else ROLES[ROLES.index(least) - 1]
        for role in (below, least):
            if role != "never" and role not in clients:
                clients[role] = client_of(role)

        assert is_refused(clients[below], method, desk, name)
        assert is_refused(clients["nobody"], method, desk, name)
        if least != "never" and (name, method) != BEGINS_A_MOVE:
            assert not is_refused(clients[least], method, desk, name)


@pytest.mark.parametrize("name", sorted(set(NEEDS) - {"login", "logout"}))
def test_a_stranger_learns_nothing_and_changes_nothing(desk, name):
    owner = User.objects.create_superuser("owner")
    url = desk.url(name, owner)
    before = list(Episode.objects.values())

    answers = [Client().get(url), Client().post(url, {"_whole": "1"})]

    for answer in answers:
        assert answer.status_code in (302, 403, 405) or name in ("jsi18n",)
        if answer.status_code == 302 and name != "view_on_site":
            assert "/login/" in answer["Location"]
    assert list(Episode.objects.values()) == before
