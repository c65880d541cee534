"""kill -9 of the background worker amid an episode's audio: nothing half-published, and the work goes on."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.coproduction_site.running import RunningSite, free_port, open_folder, wait_until
from tests.episodes.audio_samples import write_tone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")

# The example's episode is live; it gets new audio, long enough to be killed in.
NEW_AUDIO = """
from django.core.files import File
from episodes.models import Episode
from episodes.processing import receive_audio
with open({path!r}, "rb") as file:
    receive_audio(Episode.objects.get(), File(file))
"""
STATE = """
SELECT w.state, e.audio_sha256, e.duration_ms, e.audio, e.audio_bytes
FROM episodes_episode e JOIN episodes_audiowork w ON w.episode_id = e.id
"""


def state_of(site: RunningSite) -> list:
    """State of the work; the live file's digest, duration, and whether it has the size that is told of it."""
    state, sha256, duration_ms, name, audio_bytes = site.rows(STATE)[0]
    file = site.folder / "media" / "private" / name
    return [state, sha256, duration_ms, file.stat().st_size == audio_bytes]


def strays(folder: Path) -> list[Path]:
    places = [folder.rglob("*.upload"), folder.rglob(".*.partial")]
    return [path for place in places for path in place if path.is_file()]


def test_a_worker_killed_during_the_work_on_a_live_episodes_audio():
    with open_folder() as folder:
        site = RunningSite(folder / "site", free_port())
        site.make_ready(example=True)
        site.start()
        try:
            site.wait_until_ready()
            wait_until(lambda: state_of(site)[0] == "done", 90)
            before = state_of(site)
            long = write_tone(folder / "long.mp3", seconds=240)
            site.manage("shell", "-c", NEW_AUDIO.format(path=str(long)))
            wait_until(lambda: state_of(site)[0] == "running", 60)
            killed = [pid for pid, command in site.processes().items() if "qcluster" in command]
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            between = state_of(site)
            wait_until(lambda: state_of(site)[0] == "done", 180)
            after = state_of(site)
            media = folder / "site" / "media"
            for path in strays(media):  # what the killed worker had begun lies there for a day, then it is swept
                os.utime(path, (time.time() - 2 * 86_400,) * 2)
            site.manage("sweep_files")
            left = strays(media)
            page = site.status_of("/the-power-of-coproduction/e00-paul-on-coproduction/")
        finally:
            for pid in site.processes():
                os.kill(pid, signal.SIGKILL)
            site.process.wait()

    assert killed
    assert between[0] in ("running", "waiting")
    assert between[1:] == before[1:]  # the live file, whole, as it was
    assert after[2] == pytest.approx(240_000, abs=200)
    assert after[3]
    assert left == []
    assert page == 200
