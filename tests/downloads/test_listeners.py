"""Listeners are told apart for a day, and never known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from downloads.counting.listeners import DailySalts, Networks, client_address, network_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_client_has_one_key_all_day_and_in_every_process(tmp_path):
    morning = DailySalts(tmp_path).key("192.0.2.7", "App/1", NOON)
    evening = DailySalts(tmp_path).key("192.0.2.7", "App/1", NOON + timedelta(hours=11))

    assert morning == evening
    assert len(morning) == 32


def test_the_next_day_the_key_is_another_and_the_salt_is_gone(tmp_path):
    salts = DailySalts(tmp_path)

    today = salts.key("192.0.2.7", "App/1", NOON)
    tomorrow = salts.key("192.0.2.7", "App/1", NOON + timedelta(days=1))

    assert today != tomorrow
    assert [path.name for path in tmp_path.iterdir()] == ["salt-2026-11-25"]


def test_the_salt_is_readable_by_its_owner_only(tmp_path):
    DailySalts(tmp_path).key("192.0.2.7", "App/1", NOON)

    assert (tmp_path / "salt-2026-11-24").stat().st_mode & 0o777 == 0o600


def test_another_agent_behind_the_same_address_is_another_listener(tmp_path):
    salts = DailySalts(tmp_path)

    assert salts.key("192.0.2.7", "App/1", NOON) != salts.key("192.0.2.7", "App/2", NOON)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_ipv6_is_cut_to_the_household(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("forwarded_for", "trusted", "expected"),
    [
        ("203.0.113.1", 0, "10.0.0.1"),
        ("203.0.113.1", 1, "203.0.113.1"),
        ("1.1.1.1, 203.0.113.1", 1, "203.0.113.1"),
        ("1.1.1.1, 203.0.113.1, 10.0.0.2", 2, "203.0.113.1"),
        ("", 1, "10.0.0.1"),
        ("203.0.113.1", 2, "203.0.113.1"),
        (", ,", 1, "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(forwarded_for, trusted, expected):
    assert client_address("10.0.0.1", forwarded_for, trusted) == expected


def test_networks_of_data_centres_are_recognised():
    networks = Networks(["192.0.2.0/24  # example", "", "# note", "192.0.2.128/25", "2001:db8::/32"])

    answers = [address in networks for address in ("192.0.2.200", "192.0.3.1", "2001:db8::1", "2001:db9::1", "x")]

    assert answers == [True, False, True, False, False]


def test_salts_of_past_days_are_deleted_when_asked(tmp_path):
    salts = DailySalts(tmp_path)
    salts.key("192.0.2.7", "App/1", NOON)

    salts.forget_before(date(2026, 11, 25))

    assert list(tmp_path.iterdir()) == []
