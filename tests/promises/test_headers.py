"""What the headers of a site on the open web must earn: A+ by Mozilla's rules, a silent check --deploy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.downloads.running import get, gunicorn
from tests.factories import make_episode
from tests.process_environment import of_a_site
from tests.publishing.reading_pages import give_words

ROOT = Path(__file__).resolve().parents[2]
HALF_A_YEAR_SECONDS = 15_768_000
PUBLIC = {"SITE_URL": "https://localhost", "TRUSTED_PROXIES": "1", "ADMIN_PATH": "desk"}


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def points(headers: dict[str, str], body: bytes = b"") -> dict[str, int]:
    """Points by rule; 100 and what is here together is the mark.

    Source: the rules of Mozilla's HTTP Observatory as of 2025 (mdn-http-observatory, src/grader/charts.js).
    """
    policy, found = directives(headers.get("content-security-policy", "")), {}
    fallback = policy.get("default-src", ["*"])
    scripts = {*policy.get("script-src", fallback), *policy.get("object-src", fallback)}
    if not policy:
        found["no policy"] = -25
    elif {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & scripts:
        found["unsafe scripts"] = -20
    elif not {"'unsafe-inline'", "data:"} & {*policy.get("style-src", fallback)}:
        found["nothing unsafe"] = 10 if policy.get("default-src") == ["'none'"] else 5
    transport = dict(
        part.strip().partition("=")[::2] for part in headers.get("strict-transport-security", "").split(";")
    )
    age = int(transport.get("max-age", 0))
    if age < HALF_A_YEAR_SECONDS:
        found["transport security"] = -10 if age else -20
    framers = policy.get("frame-ancestors", [])
    if not framers and headers.get("x-frame-options") not in ("DENY", "SAMEORIGIN"):
        found["framing"] = -20
    elif framers and framers != ["*"]:
        found["framing"] = 5
    if headers.get("x-content-type-options") != "nosniff":
        found["nosniff"] = -5
    strict = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
    found["referrer"] = 5 if headers.get("referrer-policy") in strict else -5
    if headers.get("cross-origin-opener-policy") == "same-origin":
        found["opener"] = 10
    if headers.get("access-control-allow-credentials"):
        found["credentials"] = -50
    if "set-cookie" in headers and "secure" not in headers["set-cookie"].lower():
        found["insecure cookie"] = -40
    if b'src="http:' in body:
        found["mixed content"] = -50
    return found


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_page_earns_an_a_plus(show, tmp_path):
    episode = make_episode(show)
    give_words(episode)
    own = episode.get_absolute_url()
    paths = ["/", show.get_absolute_url(), own, "/search/?q=trust", "/desk/login/", "/nowhere/"]

    with gunicorn(tmp_path, **PUBLIC) as port:
        https = {"Host": "localhost", "X_Forwarded_Proto": "https"}
        pages = {path: get(port, path, **https) for path in paths}
        embed = get(port, f"{own}embed/", **https)
        plain = get(port, own, Host="localhost", X_Forwarded_Proto="http")

    found = {path: points(headers, body) for path, (_, headers, body) in pages.items()}
    assert {path: rules for path, rules in found.items() if min(rules.values()) < 0} == {}
    assert min(100 + sum(rules.values()) for rules in found.values()) >= 130
    assert [status for status, _, _ in pages.values()] == [200, 200, 200, 200, 200, 404]
    framable = points(*embed[1:])
    assert {rule for rule, lost in framable.items() if lost < 0} <= {"framing"}
    assert 100 + sum(framable.values()) >= 100
    assert "x-frame-options" not in embed[1]
    assert "set-cookie" not in embed[1]
    assert (plain[0], plain[1]["location"]) == (301, f"https://localhost{own}")


@pytest.mark.django_db(transaction=True)
def test_the_cookies_of_the_desk_are_kept_to_https_and_this_host(tmp_path):
    with gunicorn(tmp_path, **PUBLIC) as port:
        _, headers, _ = get(port, "/desk/login/", Host="localhost", X_Forwarded_Proto="https")

    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert "Secure" in cookie
    assert "SameSite=" in cookie
    assert "Domain=" not in cookie


def test_nothing_is_left_for_djangos_check_of_a_deployment():
    environment = of_a_site(SECRET_KEY=os.urandom(40).hex(), **PUBLIC)

    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr
    assert "no issues" in checked.stdout


GOOD = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize(
    ("over", "mark"),
    [
        ({}, 120),
        ({"content-security-policy": "default-src *; frame-ancestors 'none'"}, 90),
        ({"content-security-policy": "default-src 'self'"}, 90),
        ({"strict-transport-security": "max-age=1"}, 110),
        ({"x-content-type-options": ""}, 115),
        ({"set-cookie": "a=b"}, 80),
        (dict.fromkeys(GOOD, ""), 25),
    ],
)
def test_the_points_are_given_and_taken_as_the_rules_say(over, mark):
    assert 100 + sum(points({**GOOD, **over}).values()) == mark
