import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from coproduction_site.settings import CACHES

HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def the_real_cache(db, settings):
    """Tries are counted where the running site counts them: in Postgres."""
    settings.CACHES = CACHES


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", "ann@example.org", "right password", is_staff=True)


def try_to_sign_in(client: Client, password: str, name: str = "ann", address: str = HERE, **headers) -> bool:
    client.post(reverse("account_login"), {"login": name, "password": password}, REMOTE_ADDR=address, headers=headers)
    return "_auth_user_id" in client.session


def test_the_right_password_opens_the_desk(client, ann):
    assert try_to_sign_in(client, "right password")
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_mail_address_serves_as_a_name_too(client, ann):
    assert try_to_sign_in(client, "right password", name="ann@example.org")


def test_ten_wrong_passwords_lock_the_name_at_that_address(client, ann):
    for _ in range(10):
        try_to_sign_in(client, "wrong")

    assert not try_to_sign_in(client, "right password")


def test_tries_are_counted_where_every_web_server_sees_them(client, ann):
    """Another machine has nothing of this one but the database: its memory and its folders are its own."""
    for _ in range(10):
        try_to_sign_in(client, "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM coproduction_site_cache")
        kept = cursor.fetchone()[0]

    caches["default"].close()

    assert kept > 0
    assert not try_to_sign_in(Client(), "right password")


@pytest.mark.parametrize("spelling", ["ANN", " ann", "Ann "])
def test_another_spelling_of_the_name_does_not_help(client, ann, spelling):
    for _ in range(10):
        try_to_sign_in(client, "wrong")

    assert not try_to_sign_in(client, "right password", name=spelling)


def test_forged_address_headers_do_not_help(client, ann):
    for n in range(12):
        try_to_sign_in(client, "wrong", **{"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}"})

    assert not try_to_sign_in(client, "right password", **{"X-Forwarded-For": "203.0.113.99"})


def test_the_real_person_elsewhere_is_not_locked_out(client, ann):
    for _ in range(15):
        try_to_sign_in(client, "wrong")

    assert try_to_sign_in(Client(), "right password", address=THERE)


def test_one_address_cannot_try_many_names(client, ann, monkeypatch):
    """Slower than allauth's own limit on hasty logins, which is another one."""
    now = time.time()
    for n in range(60):
        monkeypatch.setattr("time.time", lambda n=n: now + 10 * n)
        try_to_sign_in(client, "wrong", name=f"name-{n}")

    assert not try_to_sign_in(client, "right password")


def test_a_login_begins_a_new_session_and_a_logout_ends_it(client, ann):
    client.get(reverse("admin:login"))
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key

    try_to_sign_in(client, "right password")
    during = client.session.session_key
    old_cookie = client.cookies["session"].value
    client.post(reverse("admin:logout"))
    client.cookies["session"] = old_cookie

    assert before != during
    assert client.get(reverse("admin:index")).status_code == 302


def test_nobody_signs_up_by_himself(client, db):
    client.post(
        reverse("account_signup"),
        {"username": "eve", "email": "e@example.org", "password1": "long password 1", "password2": "long password 1"},
    )

    assert User.objects.count() == 0


def test_who_is_not_of_the_team_gets_no_further(client, db):
    client.force_login(User.objects.create_user("guest"))

    assert client.get(reverse("admin:login")).status_code == 403
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, ann):
    secret = generate_totp_secret()
    TOTP.activate(ann, secret)

    with_password_only = try_to_sign_in(client, "right password")
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(reverse("mfa_authenticate"), {"code": f"{hotp_value(secret, counter):06}"})

    assert not with_password_only
    assert "_auth_user_id" in client.session
    assert Authenticator.objects.filter(user=ann, type="totp").exists()


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "account_change_password"])
def test_each_page_of_the_account_opens(client, ann, name):
    try_to_sign_in(client, "right password")

    response = client.get(reverse(name), follow=True)

    assert response.status_code == 200
    assert "Producers" in response.content.decode()


def test_a_lost_password_is_reset_by_mail(client, ann, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": "ann@example.org"})

    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]
    assert "/admin/account/" in mailoutbox[0].body


def test_a_public_page_still_sets_no_cookie(client, show):
    response = client.get(reverse("publishing:show", args=[show.slug]))

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
