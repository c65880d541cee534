"""Logs tell who did what and which lines belong together, and hold nothing that harms when they are read."""

import json
import logging

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from coproduction_site.logs import JsonFormatter, LineFormatter, request_id
from coproduction_site.redaction import without_secrets
from episodes.models import Topic
from tests.factories import make_topic


def record(message: str, *args, exc_info=None) -> logging.LogRecord:
    return logging.LogRecord("room", logging.INFO, "file.py", 1, message, args, exc_info)


def test_every_answer_names_its_request(client, db):
    first, second = client.get("/healthz/alive"), client.get("/healthz/alive")

    assert len(first["X-Request-ID"]) == 16
    assert first["X-Request-ID"] != second["X-Request-ID"]


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [(1, "abcdef12-3456", True), (0, "abcdef12-3456", False), (1, "x" * 200, False), (1, "a b\tcdefgh", False)],
)
def test_an_id_is_believed_from_our_own_proxy_only(client, settings, proxies, given, kept):
    settings.TRUSTED_PROXIES = proxies

    answer = client.get("/healthz/alive", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is kept


def test_lines_of_one_request_carry_its_id():
    token = request_id.set("abc123")
    try:
        one = record("Hello %s", "you")
        one.request_id = request_id.get()
        line, entry = LineFormatter().format(one), json.loads(JsonFormatter().format(one))
    finally:
        request_id.reset(token)

    assert line.endswith("INFO [abc123] room: Hello you")
    assert (entry["request"], entry["message"], entry["level"]) == ("abc123", "Hello you", "INFO")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("from 192.168.1.77 port 80", "from (address) port 80"),
        ("from 2001:db8:1:2:3:4:5:6!", "from (address)!"),
        ("from 2001:db8::1, fe80::a:b and ::1.", "from (address), (address) and (address)."),
        ("from ::ffff:192.0.2.7 port 80", "from (address) port 80"),
        ("GET /admin/account/password/reset/key/4-c8x1ab-0f/", "GET /admin/account/password/reset/key/…/"),
        ("12:30:45:6 tests/a.py::test_b Room::Name", "12:30:45:6 tests/a.py::test_b Room::Name"),
        ("GET /preview/eyJhbGciOi:1abc/", "GET /preview/…/"),
        ("password=hunter2&x=1", "password=…&x=1"),
        ("{'token': 'abc'}", "{'token': '…'}"),
        ("version 5.2.19, 12:30:45, 1.2.3", "version 5.2.19, 12:30:45, 1.2.3"),
    ],
)
def test_addresses_and_secrets_are_taken_out(written, kept):
    assert without_secrets(written) == kept


def test_an_error_with_an_address_in_it_is_cleaned_too():
    try:
        raise ValueError("client 10.1.2.3 sent nonsense")
    except ValueError as error:
        entry = json.loads(JsonFormatter().format(record("Failed", exc_info=(ValueError, error, error.__traceback__))))

    assert "10.1.2.3" not in entry["error"]
    assert "(address)" in entry["error"]


def test_logins_are_told_without_passwords(client, db, caplog):
    User.objects.create_user("pia", password="correct horse", is_staff=True)
    caplog.set_level("INFO", "coproduction_site.security")

    client.login(username="pia", password="wrong horse")
    client.login(username="my secret password", password="x")
    client.login(username="pia", password="correct horse")
    client.logout()

    said = caplog.text
    assert "A login failed for user" in said
    assert "A login failed for a name nobody has." in said
    assert "(pia) logged in." in said
    assert "(pia) logged out." in said
    assert "horse" not in said
    assert "secret password" not in said


def test_changes_at_the_desk_are_told_with_who_and_what(admin_client, db, caplog):
    topic = make_topic()
    caplog.set_level("INFO", "coproduction_site.security")

    admin_client.post(reverse("admin:episodes_topic_delete", args=[topic.pk]), {"post": "yes", "_whole": "1"})

    assert not Topic.objects.exists()
    assert f"deleted topic {topic.pk}" in caplog.text
