"""Search is for people: who asks far more often than people do is told when to come back."""

import pytest
from django.urls import reverse

from publishing.rationing import MOST_SENDERS, Ration


def test_a_sender_gets_so_many_at_once_and_then_one_by_one():
    ration = Ration(each=60)

    taken = [ration.take("192.0.2.1", 3, at=0.0) for _ in range(4)]

    assert taken == [0, 0, 0, 20]
    assert ration.take("192.0.2.1", 3, at=19.0) == pytest.approx(1)
    assert ration.take("192.0.2.1", 3, at=20.5) == 0
    assert ration.take("192.0.2.1", 3, at=20.5) > 0


def test_another_sender_is_not_held_up():
    ration = Ration()
    for _ in range(3):
        ration.take("192.0.2.1", 2, at=0.0)

    assert ration.take("192.0.2.2", 2, at=0.0) == 0


def test_an_endless_number_of_senders_takes_no_endless_memory_and_no_address_is_kept():
    ration = Ration()
    for number in range(MOST_SENDERS + 50):
        ration.take(f"2001:db8::{number:x}", 2, at=number / 1000)

    assert len(ration._spent) <= MOST_SENDERS
    assert not any(b"2001" in who for who in ration._spent)


@pytest.mark.django_db
def test_too_many_searches_get_a_page_that_says_when_to_come_back(client, show, settings):
    settings.SEARCHES_PER_MINUTE = 2
    url = reverse("publishing:search")
    for word in ("care", "trust"):
        assert client.get(url, {"q": word}).status_code == 200

    refused = client.get(url, {"q": "respect & care"})

    assert refused.status_code == 429
    assert 'href="?q=respect+%26+care"' in refused.content.decode()
    assert 1 <= int(refused["Retry-After"]) <= 30
    assert refused["Cache-Control"] == "no-store"
    assert "Try again in" in refused.content.decode()


@pytest.mark.django_db
def test_the_search_for_programs_is_held_by_the_same_ration(client, show, settings):
    settings.SEARCHES_PER_MINUTE = 1
    client.get(reverse("publishing:search"), {"q": "care"})

    refused = client.get(reverse("publishing:search_json"), {"q": "trust"})

    assert refused.status_code == 429
    assert "Try again in" in refused.json()["error"]
    assert client.get(reverse("publishing:search")).status_code == 200, "the empty form costs nothing"


@pytest.mark.django_db
def test_nobody_is_held_up_where_the_limit_is_off(client, show, settings):
    settings.SEARCHES_PER_MINUTE = 0

    answers = {client.get(reverse("publishing:search"), {"q": f"word{n}"}).status_code for n in range(70)}

    assert answers == {200}
