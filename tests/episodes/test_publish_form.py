from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from episodes.forms.publish_form import PublishForm


def form(day: str, hour: str, zone: str = "Europe/Stockholm", **more) -> PublishForm:
    return PublishForm({"when": "later", "day": day, "hour": hour, **more}, time_zone=zone)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "moment"),
    [
        ("2099-01-15", "08:30", "Europe/Stockholm", datetime(2099, 1, 15, 7, 30, tzinfo=UTC)),
        ("2099-07-15", "08:30", "Europe/Stockholm", datetime(2099, 7, 15, 6, 30, tzinfo=UTC)),
        ("2099-07-15", "08:30", "UTC", datetime(2099, 7, 15, 8, 30, tzinfo=UTC)),
        ("2099-07-15", "23:30", "America/New_York", datetime(2099, 7, 16, 3, 30, tzinfo=UTC)),
    ],
)
def test_an_hour_is_an_hour_of_the_shows_own_clock(day, hour, zone, moment):
    asked = form(day, hour, zone)

    assert asked.is_valid()
    assert asked.cleaned_data["moment"] == moment


def test_an_hour_that_the_clocks_jump_over_is_refused():
    asked = form("2099-03-29", "02:30")

    assert not asked.is_valid()
    assert "02:30 does not exist on this day" in str(asked.non_field_errors())


def test_an_hour_that_comes_twice_is_asked_about():
    asked = form("2099-10-25", "02:30")

    assert not asked.is_valid()
    assert "02:30 comes twice on this day" in str(asked.non_field_errors())
    assert asked.doubled


@pytest.mark.parametrize(("which", "hour"), [("first", 0), ("second", 1)])
def test_either_of_the_two_hours_can_be_chosen(which, hour):
    asked = form("2099-10-25", "02:30", which=which)

    assert asked.is_valid()
    assert asked.cleaned_data["moment"] == datetime(2099, 10, 25, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"when": "later"}, "Choose a day and an hour."),
        ({"when": "later", "day": "2020-01-01", "hour": "10:00"}, "This moment has passed."),
        ({}, "This field is required."),
        ({"when": "later", "day": "soon", "hour": "25:00"}, "Enter a valid"),
    ],
)
def test_a_moment_that_is_none_is_refused(data, words):
    asked = PublishForm(data, time_zone="UTC")

    assert not asked.is_valid()
    assert words in str(asked.errors)


def test_now_needs_no_hour():
    asked = PublishForm({"when": "now"}, time_zone="UTC")

    assert asked.is_valid()
    assert asked.cleaned_data["moment"] is None


def test_the_present_moment_is_not_a_later_one(monkeypatch):
    moment = datetime(2099, 1, 15, 7, 30, tzinfo=UTC)

    monkeypatch.setattr(timezone, "now", lambda: moment)
    now = form("2099-01-15", "08:30").is_valid()
    monkeypatch.setattr(timezone, "now", lambda: moment - timedelta(seconds=1))
    soon = form("2099-01-15", "08:30").is_valid()

    assert (now, soon) == (False, True)


@pytest.mark.parametrize(("day", "zone"), [("9999-12-31", "America/New_York"), ("0001-01-01", "Asia/Tokyo")])
def test_a_day_outside_every_calendar_is_refused_in_a_sentence(day, zone):
    asked = PublishForm({"when": "later", "day": day, "hour": "23:30" if day > "2" else "00:30"}, time_zone=zone)

    assert not asked.is_valid()
    assert "too far away" in str(asked.errors)
