import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.timecode import (
    LONGEST_MS,
    TimecodeError,
    format_clock,
    format_clock_exact,
    format_iso_duration,
    format_npt,
    parse_time,
)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0", 0),
        ("37", 37_000),
        ("7:48", 468_000),
        ("00:05", 5_000),
        ("75:30", 4_530_000),
        ("01:35:52.250", 5_752_250),
        ("1:02:03,5", 3_723_500),
        ("12.0004", 12_000),
        ("12.9996", 13_000),
        (" npt:0:10 ", 10_000),
        ("1m5s", 65_000),
        ("1h", 3_600_000),
        ("90s", 90_000),
        ("100:00:00", LONGEST_MS),
    ],
)
def test_a_time_is_read_to_the_millisecond(text, ms):
    assert parse_time(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1:75",
        "1:5",
        "1:60:00",
        "-1",
        "1:-5",
        "a",
        "1:00:00:00",
        "٣:٤٥",
        "1.2.3",
        "1:",
        ":30",
        "h",
        "5 s",
    ],
)
def test_what_is_no_time_is_refused_by_quoting_it(text):
    with pytest.raises(TimecodeError, match="is not a time"):
        parse_time(text)


def test_a_time_past_a_hundred_hours_is_refused():
    with pytest.raises(TimecodeError, match="longer than 100 hours"):
        parse_time("100:00:01")


def test_a_refusal_shows_no_control_characters_and_stays_short():
    with pytest.raises(TimecodeError) as refused:
        parse_time("\x1b[31m" + "9" * 500)

    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 140


@pytest.mark.parametrize(
    ("ms", "clock", "npt", "iso"),
    [
        (0, "0:00", "00:00:00.000", "PT0S"),
        (5_999, "0:05", "00:00:05.999", "PT5S"),
        (250_000, "4:10", "00:04:10.000", "PT4M10S"),
        (3_661_000, "1:01:01", "01:01:01.000", "PT1H1M1S"),
    ],
)
def test_a_time_is_written_in_every_form(ms, clock, npt, iso):
    assert (
        format_clock(ms),
        format_npt(ms),
        format_iso_duration(ms),
    ) == (clock, npt, iso)


def test_a_time_before_the_beginning_is_refused():
    with pytest.raises(TimecodeError, match="before the beginning"):
        format_clock(-1)


@given(st.integers(min_value=0, max_value=LONGEST_MS))
def test_what_is_written_is_read_back_unchanged(ms):
    assert parse_time(format_npt(ms)) == ms
    assert parse_time(format_clock_exact(ms)) == ms


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text):
    with contextlib.suppress(TimecodeError):
        assert 0 <= parse_time(text) <= LONGEST_MS
