"""A new version takes over without a failed request: the shipped script, real web servers, real nginx."""

import hashlib
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.downloads.running import free_port, get, nginx
from tests.episodes.audio_samples import write_tone
from tests.factories import make_episode, make_show
from tests.process_environment import beside_the_test, of_a_site

ROOT = Path(__file__).resolve().parent.parent
# Stands for systemctl: starts and stops the same command that the unit starts, one for each port.
# A first line "#!" takes no program whose path has a space, so sh finds Python.
SYSTEMCTL = """#!/bin/sh
"exec" "{python}" "$0" "$@"
import os, signal, subprocess, sys
words = [word for word in sys.argv[1:] if not word.startswith("-")]
verb, unit = words[0], words[1]
if "@" not in unit or verb not in ("start", "stop"):
    sys.exit(0)
port = unit.partition("@")[2]
pid_file = "{folder}/" + port + ".pid"
if verb == "start":
    log = open("{folder}/" + port + ".log", "wb")
    started = subprocess.Popen(
        ["{python}", "-m", "gunicorn", "-c", "gunicorn.conf.py", "--graceful-timeout", "300"],
        cwd="{root}", env=dict(os.environ, PORT=port), stdout=log, stderr=log, start_new_session=True)
    open(pid_file, "w").write(str(started.pid))
else:
    os.kill(int(open(pid_file).read()), signal.SIGTERM)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not Path("/usr/sbin/nginx").exists(), reason="nginx is not installed")
def test_no_request_fails_while_a_new_version_takes_over(tmp_path, monkeypatch):
    show = make_show(slug="the-show")
    sound = write_tone(tmp_path / "a.mp3", seconds=60).read_bytes()
    episode = make_episode(show, slug="one", audio_content=sound)
    one, other = free_port(), free_port()
    fake = tmp_path / "systemctl"
    fake.write_text(SYSTEMCTL.format(python=sys.executable, folder=tmp_path, root=ROOT))
    fake.chmod(0o755)
    env = beside_the_test(SYSTEMCTL=str(fake), HOST="127.0.0.1", TRUSTED_PROXIES="1", SITE_URL="http://127.0.0.1")
    redeploy = [str(ROOT / "deploy/systemd/redeploy"), str(one), str(other)]
    paths = ["/the-show/", "/the-show/one/", "/the-show/feed.xml", episode.get_enclosure_url()]
    failures, answered, stop = [], [], threading.Event()

    def visit(path):
        while not stop.is_set():
            try:
                status, _, body = get(front, path)
                if status != 200 or (path.endswith(".mp3") and hashlib.sha256(body).digest() != digest):
                    failures.append((path, status))
                answered.append(path)
            except OSError as error:
                failures.append((path, repr(error)))

    digest = hashlib.sha256(sound).digest()
    subprocess.run([str(fake), "start", f"coproduction-web@{one}"], env=env, check=True)
    try:
        with nginx(tmp_path, one, "off", other_port=other) as front:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                try:
                    if get(one, "/healthz/alive")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.1)
            visitors = [threading.Thread(target=visit, args=(path,)) for path in paths]
            for visitor in visitors:
                visitor.start()
            first = subprocess.run(redeploy, env=env, capture_output=True, text=True, timeout=120, check=False)
            time.sleep(1)
            second = subprocess.run(redeploy, env=env, capture_output=True, text=True, timeout=120, check=False)
            time.sleep(1)
            stop.set()
            for visitor in visitors:
                visitor.join()
    finally:
        stop.set()
        for port in (one, other):
            subprocess.run([str(fake), "stop", f"coproduction-web@{port}"], env=env, check=False, capture_output=True)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert f"serves on port {other}" in first.stdout
    assert f"serves on port {one}" in second.stdout
    assert failures[:5] == []
    assert set(answered) == set(paths)


def test_a_new_version_that_does_not_start_leaves_the_old_one_alone(tmp_path):
    """No server answers on either port and the new one never comes up: the script says so and stops it again."""
    fake = tmp_path / "systemctl"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    fake.chmod(0o755)
    script = (ROOT / "deploy/systemd/redeploy").read_text().replace("-ge 60", "-ge 1")
    inside = tmp_path / "deploy" / "systemd"
    inside.mkdir(parents=True)
    (inside / "redeploy").write_text(script)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    one, other = free_port(), free_port()

    done = subprocess.run(
        ["sh", str(inside / "redeploy"), str(one), str(other)], env=of_a_site(SYSTEMCTL=str(fake)),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "the old one serves on" in done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"start coproduction-web@{one}", f"stop coproduction-web@{one}",
    ]  # fmt: skip
