"""What the headers of a site on the open web must earn: A+ by Mozilla's rules, a silent check --deploy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.downloads.running import get, gunicorn
from tests.factories import make_episode
from tests.publishing.reading_pages import give_words

ROOT = Path(__file__).resolve().parents[2]
HALF_A_YEAR_SECONDS = 15_768_000
PUBLIC = {"SITE_URL": "https://localhost", "TRUSTED_PROXIES": "1", "ADMIN_PATH": "desk"}


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def score(headers: dict[str, str], *, framable: bool = False) -> int:
    """Points by the rules of Mozilla's HTTP Observatory as of 2025 (mdn-http-observatory, src/grader/charts.js).

    Of its tests those that a page's own headers decide; cookies, redirects and CORS are judged by tests of their own.
    """
    points, extra = 100, 0
    policy = directives(headers.get("content-security-policy", ""))
    script, style = (policy.get(name, policy.get("default-src", ["*"])) for name in ("script-src", "style-src"))
    if not policy:
        points -= 25
    elif {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & set(script):
        points -= 20
    elif not {"'unsafe-inline'"} & set(style):
        extra += 10 if policy.get("default-src") == ["'none'"] else 5
    seconds = [part for part in headers.get("strict-transport-security", "").split(";") if "max-age" in part]
    age = int(seconds[0].partition("=")[2]) if seconds else 0
    points -= 20 if not age else 10 if age < HALF_A_YEAR_SECONDS else 0
    extra += 5 if "preload" in headers.get("strict-transport-security", "") else 0
    points -= 5 if headers.get("x-content-type-options") != "nosniff" else 0
    framed_by = policy.get("frame-ancestors", [])
    if not framable:
        points -= 20 if not framed_by and headers.get("x-frame-options") not in ("DENY", "SAMEORIGIN") else 0
        extra += 5 if framed_by == ["'none'"] else 0
    strict = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
    extra += 5 if headers.get("referrer-policy") in strict else 0
    points -= 50 if headers.get("access-control-allow-credentials") == "true" else 0
    # Extra points are given from 90 on only.
    return points + extra if points >= 90 else points


@pytest.mark.django_db(transaction=True)
def test_public_pages_and_the_desk_earn_an_a_plus(show, tmp_path):
    episode = make_episode(show)
    give_words(episode)
    own = episode.get_absolute_url()

    with gunicorn(tmp_path, **PUBLIC) as port:
        https = {"Host": "localhost", "X_Forwarded_Proto": "https"}
        pages = {path: get(port, path, **https) for path in ("/", own, "/search/?q=trust", "/desk/login/", "/nowhere/")}
        embed = get(port, f"{own}embed/", **https)
        plain = get(port, own, Host="localhost", X_Forwarded_Proto="http")

    scores = {path: score(headers) for path, (_, headers, _) in pages.items()}
    assert {path: points for path, points in scores.items() if points < 100} == {}
    assert [status for status, _, _ in pages.values()] == [200, 200, 200, 200, 404]
    assert {headers.get("cross-origin-opener-policy") for _, headers, _ in pages.values()} == {"same-origin"}
    assert score(embed[1], framable=True) >= 100
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
    environment = {**os.environ, "SECRET_KEY": os.urandom(40).hex(), **PUBLIC}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize(
    ("headers", "points"),
    [
        ({}, 30),
        ({"content-security-policy": "default-src 'none'; frame-ancestors 'none'", "x-content-type-options": "nosniff",
          "strict-transport-security": "max-age=63072000", "referrer-policy": "no-referrer"}, 120),
        ({"content-security-policy": "default-src *; frame-ancestors 'none'", "x-content-type-options": "nosniff",
          "strict-transport-security": "max-age=63072000"}, 80),
        ({"content-security-policy": "default-src 'self'; frame-ancestors 'self'", "x-content-type-options": "nosniff",
          "strict-transport-security": "max-age=1"}, 95),
    ],
)  # fmt: skip
def test_the_points_are_given_and_taken_as_the_rules_say(headers, points):
    assert score(headers) == points
