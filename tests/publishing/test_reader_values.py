import pytest

from publishing.rss.dates import parse_date, parse_duration_ms


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Wed, 15 Jan 2025 19:00:00 +0000", "2025-01-15T19:00:00+00:00"),
        ("Sat, 21 Feb 2026 23:05:00 +0100", "2026-02-21T22:05:00+00:00"),
        ("Thu, 01 Apr 2021 08:00:00 EST", "2021-04-01T13:00:00+00:00"),
        ("Fri, 9 Oct 2020 4:30:38", "2020-10-09T04:30:38+00:00"),
        ("2021-09-26T07:30:00.000-06:00", "2021-09-26T13:30:00+00:00"),
        ("2021-09-26", "2021-09-26T00:00:00+00:00"),
        ("\n  Wed, 15 Jan 2025 19:00:00 GMT\n", "2025-01-15T19:00:00+00:00"),
        ("yesterday", None),
        ("", None),
        ("Wed, 99 Jan 2025 99:00:00 +0000", None),
        ("9" * 5000, None),
    ],
)
def test_dates_are_read_in_the_forms_hosts_write(text, moment):
    found = parse_date(text)

    assert (found and found.isoformat()) == moment


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("3600", 3_600_000), ("54:12", 3_252_000), ("01:35:02", 5_702_000), ("95:02", 5_702_000), ("12.5", 12_500),
        ("1:02:03.250", 3_723_250), ("0", None), ("00:00", None), ("", None), ("an hour", None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_lengths_are_read_in_the_forms_hosts_write(text, ms):
    assert parse_duration_ms(text) == ms
