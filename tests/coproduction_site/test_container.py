"""What the container image's entry point does before it hands over."""

import http.client
import http.server
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from coproduction_site.container import healthy
from tests.coproduction_site.running import free_port, wait_until
from tests.process_environment import of_a_site

PROJECT = Path(__file__).resolve().parents[2]


def container(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "coproduction_site.container", *words],
        cwd=PROJECT,
        env=of_a_site(**environment),
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


def test_a_container_started_while_the_database_is_away_answers_if_it_was_prepared_before(tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static.stamp").write_text("prepared by an earlier start")
    port = free_port()
    environment = {
        "DATABASE_URL": f"postgres://site@127.0.0.1:{free_port()}/site",
        "SECRET_KEY": "x" * 50,
        "VAR_DIR": str(tmp_path),
        "MEDIA_DIR": str(tmp_path / "media"),
        "PORT": str(port),
        "WEB_PROCESSES": "1",
    }
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "coproduction_site.container", "web"],
            cwd=PROJECT,
            env=of_a_site(**environment),
            stderr=said,
            start_new_session=True,
        )
    try:
        wait_until(lambda: healthy(port), 60)
        waiting = [pid for pid in _of_session(process.pid) if "--wait" in _command(pid)]
        feed = _status(port, "/a-show/feed.xml")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert "does not answer" in (tmp_path / "said").read_text()
    assert (len(waiting), feed) == (1, 503)


def _of_session(session):
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                yield int(entry.name)
        except OSError:
            continue


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _status(port, path):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asked.request("GET", path)
    try:
        return asked.getresponse().status
    finally:
        asked.close()
