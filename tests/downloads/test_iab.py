"""The rules of counting, case by case, on plain values."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from downloads.counting.clients import AgentClass
from downloads.counting.iab import Hit, Reason, Runs, Window, judge, threshold_bytes

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
# Ten minutes at 64 kbit/s behind a tag of 4 kB.
AUDIO_BYTES = 4_804_000
NEEDED = threshold_bytes(AUDIO_BYTES, 4_000, 64_000)


def hits(*requests, **common):
    """Hits of one listener; each request is a dict of what differs from a whole-file GET."""
    made = []
    for number, request in enumerate(requests):
        over = {**common, **request}
        asked = over.pop("range", None)
        first, last = asked or (0, over.get("audio_bytes", AUDIO_BYTES) - 1)
        made.append(
            Hit(
                id=number,
                at=NOON + over.pop("after", timedelta(seconds=number)),
                episode=1,
                audio="abcd1234",
                client=over.pop("client", "c"),
                agent=over.pop("agent", AgentClass.APP),
                method=over.pop("method", "GET"),
                status=over.pop("status", 206 if asked else 200),
                first=first,
                asked_last=last if asked else None,
                sent=over.pop("sent", last - first + 1),
                needed=over.pop("needed", NEEDED),
                data_centre=over.pop("data_centre", False),
            )
        )
    return made


def reasons(made, window=Window.UTC_DAY):
    verdicts = judge(made, window)
    return [verdicts[hit.id] for hit in made]


def test_a_minute_of_sound_and_the_tag_make_a_download():
    assert NEEDED == 484_000


def test_a_short_file_is_wanted_whole():
    assert threshold_bytes(320_000, 4_000, 64_000) == 320_000
    assert threshold_bytes(320_000, 4_000, 0) == 320_000


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (hits({"method": "HEAD", "sent": 0}, {"range": (0, 1)}), [Reason.METHOD, Reason.PROBE]),
        (hits({}), [Reason.DOWNLOAD]),
        (hits({}, {"after": timedelta(hours=1)}), [Reason.DOWNLOAD, Reason.REPEAT]),
        (hits({}, {"after": timedelta(hours=25)}), [Reason.DOWNLOAD, Reason.DOWNLOAD]),
        (
            hits({"range": (0, 1)}, {"range": (0, 239_999)}, {"range": (240_000, 599_999)}),
            [Reason.PROBE, Reason.PART, Reason.DOWNLOAD],
        ),
        (hits({"range": (0, 99_999)}), [Reason.UNDER_A_MINUTE]),
        (hits(*[{"range": (0, 99_999)}] * 5), [Reason.UNDER_A_MINUTE] * 5),
        (hits({"sent": 100_000}), [Reason.UNDER_A_MINUTE]),
        (hits({}, agent=AgentClass.BOT), [Reason.BOT]),
        (hits({}, agent=AgentClass.NONE), [Reason.NO_AGENT]),
        (hits({}, agent=AgentClass.OWN), [Reason.OWN]),
        (hits({}, agent=AgentClass.WATCH), [Reason.WATCH]),
        (hits({}, data_centre=True), [Reason.DATA_CENTRE]),
        (hits({"client": "a"}, {"client": "b"}), [Reason.DOWNLOAD, Reason.DOWNLOAD]),
        (hits({"sent": 320_000}, needed=320_000), [Reason.DOWNLOAD]),
        (hits({"sent": 160_000}, needed=320_000), [Reason.UNDER_A_MINUTE]),
        (hits({"status": 304, "sent": 0}), [Reason.STATUS]),
        (hits({"status": 404, "sent": 10}), [Reason.STATUS]),
        (hits({"sent": 0}), [Reason.NOTHING_SENT]),
        (hits({"range": (0, 1), "sent": 0}), [Reason.PROBE]),
        (hits({"range": (0, 2)}, {"range": (1, 1)}), [Reason.UNDER_A_MINUTE, Reason.UNDER_A_MINUTE]),
    ],
)
def test_each_request_gets_its_reason(made, expected):
    assert reasons(made) == expected


def test_ranges_that_overlap_add_up_only_once():
    made = hits({"range": (0, 299_999)}, {"range": (200_000, 483_998)}, {"range": (483_999, 483_999)})

    assert reasons(made) == [Reason.PART, Reason.PART, Reason.DOWNLOAD]


def test_the_fixed_window_is_the_utc_day_and_the_rolling_one_24_hours():
    before_midnight = timedelta(hours=11, minutes=59)
    made = hits({"after": before_midnight}, {"after": before_midnight + timedelta(minutes=2)})

    assert reasons(made) == [Reason.DOWNLOAD, Reason.DOWNLOAD]
    assert reasons(made, Window.ROLLING) == [Reason.DOWNLOAD, Reason.REPEAT]


def test_a_rolling_window_ends_after_24_hours_to_the_second():
    day = timedelta(hours=24)

    assert reasons(hits({}, {"after": day - timedelta(seconds=1)}), Window.ROLLING)[1] == Reason.REPEAT
    assert reasons(hits({}, {"after": day}), Window.ROLLING)[1] == Reason.DOWNLOAD


def test_the_order_in_which_requests_are_read_changes_nothing():
    made = hits(*[{"range": (start * 90_000, start * 90_000 + 89_999)} for start in range(8)])
    expected = judge(made)

    for seed in range(10):
        shuffled = made.copy()
        random.Random(seed).shuffle(shuffled)
        assert judge(shuffled) == expected


def test_merged_runs_hold_the_same_bytes_as_a_set():
    chance = random.Random(7)
    runs, bytes_seen = Runs(), set()
    for _ in range(200):
        start = chance.randrange(900)
        end = start + chance.randrange(1, 12)
        bytes_seen.update(range(start, end))

        assert runs.add(start, end) == len(bytes_seen)


def test_one_client_with_tens_of_thousands_of_crumbs_keeps_nobody_waiting():
    """They are judged anew with each further request of that day."""
    made = hits(*[{"range": (3 * number, 3 * number)} for number in range(20_000)])

    began = time.monotonic()
    judged = set(reasons(made))

    assert judged == {Reason.UNDER_A_MINUTE}
    assert time.monotonic() - began < 2
