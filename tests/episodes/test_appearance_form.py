"""People of an episode at the desk: chosen, or made by their name."""

import pytest
from django.contrib.auth.models import Permission, User

from episodes.models import Episode, ShowHost, Speaker
from tests.episodes.desk_browser import add_url, change_url, errors_of, form_values, send
from tests.factories import make_appearance, make_draft, make_speaker


def save_new(client, show, **fields):
    url = add_url(Episode)
    changes = {f"appearances-0-{name}": value for name, value in fields.items()}
    return send(client, url, form_values(client, url), show=show.pk, title="First", slug="first", **changes)


def people():
    return list(Episode.objects.get().appearances.values_list("speaker__name", "speaker__slug", "role"))


def test_a_new_person_needs_a_name_only(admin_client, show):
    save_new(admin_client, show, new_person="  Åsa  Öberg ")

    assert people() == [("Åsa Öberg", "asa-oberg", "Host")]


def test_a_name_that_is_known_means_the_person_who_has_it(admin_client, show):
    known = make_speaker(name="Åsa Öberg", slug="asa")

    save_new(admin_client, show, new_person="åsa öberg", role="Guest")

    assert people() == [("Åsa Öberg", "asa", "Guest")]
    assert Speaker.objects.get() == known


def test_one_person_chosen_and_another_named_is_a_question(admin_client, show):
    answer = save_new(admin_client, show, speaker=make_speaker().pk, new_person="Bo Ek")

    assert errors_of(answer) == ["A person is chosen and another one named. Empty one of the two."]
    assert (Episode.objects.count(), Speaker.objects.count()) == (0, 1)


def test_a_line_that_names_nobody_is_a_question(admin_client, show):
    answer = save_new(admin_client, show, affiliation="Somewhere")

    assert errors_of(answer) == ["Choose a person, or write the name of a new one."]


def test_a_row_left_alone_is_no_person(admin_client, show):
    save_new(admin_client, show)

    assert people() == []


def test_a_name_written_beside_the_person_of_a_line_takes_the_place(admin_client, show):
    episode = make_draft(show)
    make_appearance(episode, make_speaker(name="Ann Lee"), role="Guest")
    url = change_url(episode)

    send(admin_client, url, form_values(admin_client, url), **{"appearances-0-new_person": "Bo Ek"})

    assert people() == [("Bo Ek", "bo-ek", "Guest")]


def test_where_the_show_names_its_hosts_the_first_person_is_a_guest(admin_client, show):
    ShowHost.objects.create(show=show, speaker=make_speaker(name="Ann Lee"))

    save_new(admin_client, show, new_person="Bo Ek")

    assert people() == [("Bo Ek", "bo-ek", "Guest")]


@pytest.mark.django_db
def test_who_may_not_add_people_is_not_asked_for_names(client, show):
    user = User.objects.create_user("pia", password="x", is_staff=True)
    allowed = ["add_episode", "change_episode", "view_episode", "add_appearance", "change_appearance"]
    user.user_permissions.set(Permission.objects.filter(codename__in=allowed))
    client.force_login(user)

    values = form_values(client, add_url(Episode))

    assert "appearances-0-speaker" in values
    assert "appearances-0-new_person" not in values
    save_new(client, show, new_person="Bo Ek")
    assert Speaker.objects.count() == 0


def rows_of(client, episode, *rows) -> tuple[str, dict]:
    """The episode's form with so many lines for people added behind those that are there."""
    url = change_url(episode)
    values = form_values(client, url)
    first = int(values["appearances-TOTAL_FORMS"][0])
    values["appearances-TOTAL_FORMS"] = [str(first + len(rows))]
    for number, row in enumerate(rows, start=first):
        fields = {"speaker": "", "role": "Guest", "affiliation": "", "position": "0", "seen": "", **row}
        values |= {f"appearances-{number}-{name}": value for name, value in fields.items()}
    return url, values


def test_who_is_named_again_in_the_same_role_is_told(admin_client, show):
    episode = make_draft(show)
    make_appearance(episode, make_speaker(name="Ann Lee"), role="Guest")

    answer = send(admin_client, *rows_of(admin_client, episode, {"new_person": "ann lee"}))

    assert errors_of(answer) != []
    assert episode.appearances.count() == 1


def test_a_new_person_named_twice_in_one_role_is_told(admin_client, show):
    episode = make_draft(show)

    answer = send(admin_client, *rows_of(admin_client, episode, {"new_person": "Bo Ek"}, {"new_person": "bo  ek"}))

    assert errors_of(answer) == ["This person is already listed in this role."]
    assert (episode.appearances.count(), Speaker.objects.count()) == (0, 0)
