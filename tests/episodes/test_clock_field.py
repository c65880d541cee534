"""Times in forms are written as a clock shows them and kept in milliseconds."""

import pytest
from django import forms

from episodes.forms.clock_field import ClockField


class Passage(forms.Form):
    start_ms = ClockField()


@pytest.mark.parametrize(("typed", "kept"), [("1:15", 75_000), ("1:02:03.5", 3_723_500), ("0", 0), (" 90 ", 90_000)])
def test_what_is_typed_as_a_clock_time_is_kept_in_milliseconds(typed, kept):
    form = Passage({"start_ms": typed})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["start_ms"] == kept


def test_a_kept_time_is_shown_as_a_clock_and_counts_as_unchanged():
    form = Passage({"start_ms": "1:15.250"}, initial={"start_ms": 75_250})

    assert form["start_ms"].value() == "1:15.250"
    assert 'value="1:15.250"' in str(Passage(initial={"start_ms": 75_250})["start_ms"])
    assert not form.has_changed()


def test_what_is_no_time_is_refused_in_a_sentence():
    form = Passage({"start_ms": "1:75"})

    assert form.errors["start_ms"] == ['"1:75" is not a time. Write minutes:seconds, such as 1:15, or 1:02:15.']


def test_a_time_that_is_needed_is_asked_for():
    assert Passage({"start_ms": ""}).errors["start_ms"] == ["This field is required."]
