"""The score that Mozilla's observatory would give the headers of each kind of page (its own table of points)."""

import pytest
from django.test import Client, override_settings

from tests.factories import make_episode, make_show

HTTPS = {
    "SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 63_072_000, "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True, "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
}  # fmt: skip


def policy_of(response) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {words[0]: words[1:] for words in parts}


def score(response) -> dict[str, int]:
    """Points by rule; 100 and what is here together is the mark. Source: mdn/mdn-http-observatory, charts.js."""
    policy, headers, points = policy_of(response), response.headers, {}
    fallback = policy.get("default-src", ["*"])
    scripts, styles = policy.get("script-src", fallback), policy.get("style-src", fallback)
    if not policy:
        points["no policy"] = -25
    elif {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & {
        *scripts,
        *policy.get("object-src", fallback),
    }:
        points["unsafe scripts"] = -20
    elif not {"'unsafe-inline'", "data:"} & {*styles}:
        points["nothing unsafe"] = 10 if policy.get("default-src") == ["'none'"] else 5
    age = dict(part.strip().partition("=")[::2] for part in headers.get("Strict-Transport-Security", "").split(";"))
    if int(age.get("max-age", 0)) < 15_552_000:
        points["transport security"] = -20 if not age.get("max-age") else -10
    if "frame-ancestors" not in policy and "X-Frame-Options" not in headers:
        points["framing"] = -20
    elif "frame-ancestors" in policy and policy["frame-ancestors"] != ["*"]:
        points["framing"] = 5
    if headers.get("X-Content-Type-Options") != "nosniff":
        points["nosniff"] = -5
    strict = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
    points["referrer"] = 5 if headers.get("Referrer-Policy") in strict else -5
    if headers.get("Cross-Origin-Opener-Policy") == "same-origin":
        points["opener"] = 10
    if headers.get("Access-Control-Allow-Credentials"):
        points["credentials"] = -50
    for cookie in response.cookies.values():
        if not cookie["secure"]:
            points["insecure cookie"] = -40
        if not cookie["httponly"] and "csrf" not in cookie.key:
            points["open cookie"] = -30
    if 'src="http:' in response.content.decode(errors="replace"):
        points["mixed content"] = -50
    return points


@pytest.mark.parametrize(
    "path", ["/", "/the-show/", "/the-show/one/", "/search/?q=word", "/admin/login/", "/nothing-here/"]
)
@pytest.mark.django_db
def test_every_page_has_the_full_mark(path):
    make_episode(make_show(slug="the-show"), slug="one")

    with override_settings(**HTTPS):
        response = Client(headers={"X-Forwarded-Proto": "https"}).get(path)
        found = score(response)

    assert 100 + sum(points for points in found.values() if points < 0) == 100, found
    assert 100 + sum(found.values()) >= 130, found


@pytest.mark.django_db
def test_the_player_for_other_sites_loses_nothing_but_the_points_for_framing():
    make_episode(make_show(slug="the-show"), slug="one")

    with override_settings(**HTTPS):
        response = Client(headers={"X-Forwarded-Proto": "https"}).get("/the-show/one/embed/")
        found = score(response)

    assert response.cookies == {}
    assert {rule for rule, points in found.items() if points < 0} <= {"framing"}
    assert 100 + sum(found.values()) >= 100, found
