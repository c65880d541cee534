"""Published audio flows at once while Postgres is gone or stands still; nothing else gets out."""

import random
import time

import pytest

from downloads.delivery.published import refresh_list
from episodes.models import Episode
from tests.downloads.running import get, gunicorn
from tests.factories import in_one_hour, make_episode, make_show
from tests.publishing.silenced_database import Wire

pytestmark = pytest.mark.django_db(transaction=True)

AUDIO = random.Random(1).randbytes(1_000_000)


@pytest.mark.parametrize("silence", ["cut", "hold"])
def test_every_thread_of_every_process_sends_audio_without_a_database(tmp_path, silence):
    episode = make_episode(make_show(), audio_content=AUDIO)
    hidden = [
        make_episode(episode.show, audio_content=b"x" * 100, state=Episode.State.DRAFT),
        make_episode(episode.show, audio_content=b"y" * 100, published_at=in_one_hour()),
    ]
    refresh_list()
    folder = tmp_path / "wire"
    folder.mkdir()
    wire = Wire(folder)
    settings = {"DJANGO_SETTINGS_MODULE": "tests.publishing.server_settings", "WEB_PROCESSES": "2", "WEB_THREADS": "4"}
    try:
        with gunicorn(tmp_path, **settings, **wire.environment) as port:
            getattr(wire, silence)()
            slowest, answers = 0.0, []
            for turn in range(24):
                started = time.monotonic()
                answers.append(get(port, episode.get_enclosure_url(), Range=f"bytes={turn}-{turn + 300_000}"))
                slowest = max(slowest, time.monotonic() - started)
            others = [get(port, one.get_enclosure_url())[0] for one in hidden]

            wire.mend()
            deadline, after = time.monotonic() + 30, []
            while after[-8:] != [404] * 8 and time.monotonic() < deadline:  # both processes have noticed
                after.append(get(port, hidden[0].get_enclosure_url())[0])
                time.sleep(0.2)
    finally:
        wire.cut()

    assert [answer[0] for answer in answers] == [206] * 24
    assert all(answer[2] == AUDIO[turn : turn + 300_001] for turn, answer in enumerate(answers))
    assert slowest < 2
    assert others == [503, 503]
    assert after[-8:] == [404] * 8
