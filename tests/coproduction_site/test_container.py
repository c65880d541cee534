"""What the container image's entry point does before it hands over."""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from coproduction_site.container import healthy
from tests.coproduction_site.running import free_port

PROJECT = Path(__file__).resolve().parents[2]


def container(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "coproduction_site.container", *words],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("word", ["web", "worker", "migrate"])
def test_without_a_database_url_the_sentence_says_what_to_set(word):
    result = container(word)

    assert result.returncode == 1
    assert result.stderr == (
        "DATABASE_URL is not set, and this image holds no Postgres of its own. "
        "Set it to postgres://user:password@host:5432/name, or start with compose.yaml, which brings one.\n"
    )


def test_a_command_of_manage_py_is_handed_on():
    result = container("version", DATABASE_URL="postgres://site@127.0.0.1/site", SECRET_KEY="x" * 50)

    assert (result.returncode, result.stdout.split(".")[0]) == (0, "5")


def test_a_site_that_does_not_answer_is_not_healthy():
    assert not healthy(free_port())


@pytest.mark.parametrize(("status", "verdict"), [(200, True), (301, True), (503, False)])
def test_health_is_what_the_site_says_of_itself(status, verdict):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            """Nothing to say."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()

        found = healthy(server.server_port)

        thread.join()
    assert found == verdict
