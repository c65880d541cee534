"""What nginx says by itself is said in our words: while the site is away, and of a file that is too large."""

import http.client
import shutil
from pathlib import Path

import pytest

from tests.downloads.running import NOBODY, get, nginx

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture(autouse=True)
def collected(settings):
    shutil.copytree(STATIC, settings.VAR_DIR / "static")


def refused(port: int, **headers: str) -> http.client.HTTPResponse:
    """A form with a file of 1.2 gigabytes, as far as its first bytes."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asked.putrequest("POST", "/admin/episodes/episode/add/")
    for name, value in {"Content-Length": "1200000000", **headers}.items():
        asked.putheader(name, value)
    asked.endheaders(b"--boundary")
    return asked.getresponse()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.5", ("Tillbaka om några minuter", "Filen är för stor")),
        ("en-GB,sv;q=0.5", ("Back in a few minutes", "This file is too large")),
        ("", ("Back in a few minutes", "This file is too large")),
    ],
)
def test_the_pages_of_nginx_are_ours_in_the_visitors_language(tmp_path, asked, words):
    with nginx(tmp_path, NOBODY, "off") as port:
        status, headers, body = get(port, "/", Accept_Language=asked)
        too_large = refused(port, **{"Accept-Language": asked})
        refusal = too_large.read().decode()
        by_address = [get(port, f"/{name}")[0] for name in ("maintenance.html", "too-large.html", "too-large.sv.html")]

    assert (status, too_large.status, by_address) == (503, 413, [404] * 3)
    assert words[0] in body.decode()
    assert words[1] in refusal
    assert headers["content-type"] == too_large.headers["Content-Type"] == "text/html"
    for policy in (headers["content-security-policy"], too_large.headers["Content-Security-Policy"]):
        assert "default-src 'none'" in policy


def test_the_page_is_dressed_while_the_site_is_away(tmp_path):
    with nginx(tmp_path, NOBODY, "off") as port:
        sheet = get(port, "/static/css/tokens.css")
        letters = get(port, "/static/fonts/source-serif-4-latin-wght-normal.woff2")
        nothing = get(port, "/static/no-such.css")
        outside = get(port, "/static/../list.json")

    assert (sheet[0], sheet[1]["content-type"]) == (200, "text/css")
    assert (letters[0], letters[1]["content-type"]) == (200, "font/woff2")
    assert (nothing[0], outside[0]) == (503, 503)
