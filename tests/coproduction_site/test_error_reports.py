"""Errors are told to a collector where one is named: what happened, never who met it; and nothing otherwise."""

import gzip
import json
import subprocess
import sys

import brotli
import pytest

from coproduction_site.error_reports import start
from tests.coproduction_site.running import PROJECT
from tests.loopback import serving
from tests.process_environment import of_a_site

# What a view and a job of ours could do: fail with an address and a secret in the message, and log an error.
FAILS = """
import logging
from wsgiref.util import setup_testing_defaults
from django.core.wsgi import get_wsgi_application
from django.urls import path
from coproduction_site import urls
def fails(request):
    raise ValueError("client 203.0.113.77 sent token=abcdefghij")
urls.urlpatterns.insert(0, path("fails/", fails))
import sentry_sdk
asked = {"PATH_INFO": "/fails/", "QUERY_STRING": "q=private", "REMOTE_ADDR": "203.0.113.77",
         "HTTP_USER_AGENT": "Agent/1", "HTTP_COOKIE": "session=sesame", "HTTP_HOST": "localhost"}
setup_testing_defaults(asked)
list(get_wsgi_application()(asked, lambda status, headers: None))
logging.getLogger("episodes").error("A job failed for 198.51.100.9 with password=hunter2")
sentry_sdk.flush(10)
"""


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"], cwd=PROJECT, capture_output=True, text=True,
        timeout=60, check=False, env=of_a_site(DJANGO_SETTINGS_MODULE="coproduction_site.settings_test", **environment),
    )  # fmt: skip


def sink(received: list[bytes]):
    def take(handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}
        received.append(unpack[handler.headers.get("Content-Encoding")](body))
        handler.send(b"{}")

    return serving(otherwise=take)


def test_errors_reach_the_collector_without_addresses_secrets_or_visitors(tmp_path):
    received: list[bytes] = []
    with sink(received) as server:
        done = run(FAILS, SENTRY_DSN=f"http://key@{server.place}/1", VAR_DIR=str(tmp_path), MEDIA_DIR=str(tmp_path))

    events = [json.loads(envelope.split(b"\n")[2]) for envelope in received]
    said = json.dumps(events, ensure_ascii=False) + b"".join(received).decode()
    assert done.returncode == 0, done.stderr
    assert len(events) >= 2
    assert "client (address) sent token=…" in said
    assert "A job failed for (address) with password=…" in said
    private = ["203.0.113.77", "198.51.100.9", "abcdefghij", "hunter2", "sesame", "Agent/1", "q=private", "server_name"]
    assert [one for one in private if one in said] == []
    assert events[0]["request"] == {"method": "GET", "url": "http://localhost/fails/"}
    assert len(events[0]["tags"]["request_id"]) == 16


def test_nothing_is_sent_without_a_collector(tmp_path):
    done = run(FAILS.replace("sentry_sdk.flush(10)", "assert not sentry_sdk.is_initialized()"), VAR_DIR=str(tmp_path),
               MEDIA_DIR=str(tmp_path))  # fmt: skip

    assert done.returncode == 0, done.stderr


def start_by_manage(tmp_path, dsn: str, hidden: str = "") -> subprocess.CompletedProcess[str]:
    if hidden:  # a finder that knows no such package, as on a server that did not install it
        (tmp_path / "sitecustomize.py").write_text(
            "import importlib.util as u\nreal = u.find_spec\n"
            f"u.find_spec = lambda name, *a: None if name == '{hidden}' else real(name, *a)\n"
        )
    return subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False,
        env=of_a_site(
            SENTRY_DSN=dsn, VAR_DIR=str(tmp_path / "var"), MEDIA_DIR=str(tmp_path / "media"), PYTHONPATH=str(tmp_path)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dsn", "hidden", "sentence"),
    [
        ("https://key@sentry.example.org/1", "sentry_sdk", "the package sentry-sdk is not installed. Install it with"),
        ("nonsense-with-secretkey", "", "SENTRY_DSN is not the address of a project"),
    ],
)
def test_a_collector_that_cannot_be_used_stops_the_start_with_one_sentence(tmp_path, dsn, hidden, sentence):
    done = start_by_manage(tmp_path, dsn, hidden)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "secretkey" not in done.stderr


def test_without_a_collector_the_package_is_not_even_looked_for(monkeypatch):
    monkeypatch.setattr("coproduction_site.error_reports.find_spec", lambda name: 1 / 0)

    start("")
