"""Episodes to start with: chosen at the desk, in an order, of the show itself."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from episodes.models import ShowStamp, StartHere
from episodes.start_here import choose_start_here, picks_of
from tests.factories import make_episode, make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(show):
    return [make_episode(show, title=f"Part {number}", slug=f"part-{number}") for number in range(4)]


def test_picks_are_kept_in_the_order_they_were_chosen(show, four):
    choose_start_here(show, [four[2], four[0]])

    choose_start_here(show, [four[1], four[2], four[0]])

    assert picks_of(show) == [four[1].pk, four[2].pk, four[0].pk]


def test_a_choice_moves_the_shows_stamp_and_the_same_choice_does_not(show, four):
    before = ShowStamp.objects.get(show=show).stamp

    choose_start_here(show, four[:1])
    moved = ShowStamp.objects.get(show=show).stamp
    choose_start_here(show, four[:1])

    assert before < moved == ShowStamp.objects.get(show=show).stamp


def test_what_cannot_be_picked_is_said_and_nothing_changes(show, four):
    foreign = make_episode(make_show(slug="other"), slug="foreign")
    choose_start_here(show, four[:1])

    for chosen, words in ((four, "at most 3"), (four[:1] * 2, "twice"), ([foreign], "another show")):
        with pytest.raises(ValueError, match=words):
            choose_start_here(show, chosen)

    assert picks_of(show) == [four[0].pk]


@pytest.mark.parametrize("position", [0, 4])
def test_there_is_no_fourth_place_and_none_before_the_first(show, four, position):
    with pytest.raises(IntegrityError), transaction.atomic():
        StartHere.objects.create(episode=four[0], position=position)


def form_of(page) -> dict:
    """What a browser would send of the form as it stands."""
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    for formset in page.context["inline_admin_formsets"]:
        for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM"):
            key = f"{formset.formset.prefix}-{name}_FORMS"
            sent[key] = formset.formset.management_form[f"{name}_FORMS"].value()
    return {name: value for name, value in sent.items() if value is not None and value is not False} | {"_whole": "1"}


def test_a_producer_chooses_them_in_the_shows_form(admin_client, show, four):
    address = reverse("admin:episodes_show_change", args=[show.pk])
    form = form_of(admin_client.get(address))

    answer = admin_client.post(address, form | {"start_first": four[3].pk, "start_third": four[1].pk})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert picks_of(show) == [four[3].pk, four[1].pk]
    assert admin_client.get(address).context["adminform"].form["start_first"].value() == four[3].pk


def test_the_form_refuses_one_episode_twice(admin_client, show, four):
    address = reverse("admin:episodes_show_change", args=[show.pk])
    form = form_of(admin_client.get(address))

    answer = admin_client.post(address, form | {"start_first": four[0].pk, "start_second": four[0].pk})

    assert "chosen twice" in answer.content.decode()
    assert picks_of(show) == []


def test_an_old_form_takes_away_no_pick_of_a_colleague(admin_client, show, four):
    address = reverse("admin:episodes_show_change", args=[show.pk])
    old = form_of(admin_client.get(address))
    choose_start_here(show, four[:2])

    answer = admin_client.post(address, old | {"tagline": "New"})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert picks_of(show) == [four[0].pk, four[1].pk]


def test_the_second_of_two_who_pick_is_told(admin_client, show, four):
    address = reverse("admin:episodes_show_change", args=[show.pk])
    old = form_of(admin_client.get(address))
    choose_start_here(show, four[:1])

    answer = admin_client.post(address, old | {"start_first": four[2].pk})

    assert "The stored version is now: “Part 0”" in answer.content.decode()
    assert picks_of(show) == [four[0].pk]
