"""The smaller file of an episode is delivered, hidden and counted like the episode's audio."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from downloads.counting import delivery_notes
from downloads.counting import tally as counting
from downloads.counting.intake import take_in_file
from downloads.counting.sent_elsewhere import AudioByAddress, note_of_line
from downloads.delivery import published
from downloads.delivery.published import published_list, refresh_list
from downloads.models import DailyDownload
from episodes.models import Episode, SmallAudio
from tests.downloads.running import get, gunicorn, nginx
from tests.downloads.test_quick_audio import ask
from tests.factories import in_one_hour, make_episode, make_show, make_small_audio
from tests.publishing.silenced_database import Wire

pytestmark = pytest.mark.django_db(transaction=True)
AUDIO, SMALL = random.Random(1).randbytes(40_000), random.Random(2).randbytes(9_000)
PHONE = "AntennaPod/3.4.0"


@pytest.fixture
def small(db):
    published._memory.clear()
    episode = make_episode(make_show(), audio_content=AUDIO)
    yield make_small_audio(episode, SMALL)
    published._memory.clear()


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_it_is_sent_whole_and_in_ranges_by_its_own_type_and_mark(client, small):
    whole = client.get(small.get_absolute_url())
    part = client.get(small.get_absolute_url(), headers={"range": "bytes=10-19"})
    known = client.get(small.get_absolute_url(), headers={"if-none-match": whole["ETag"]})

    assert (whole.status_code, body(whole), whole["Content-Type"]) == (200, SMALL, "audio/ogg")
    assert whole["ETag"] == f'"{small.sha256}"'
    assert '.opus"' in whole["Content-Disposition"]
    assert (part.status_code, part["Content-Range"], body(part)) == (206, "bytes 10-19/9000", SMALL[10:20])
    assert known.status_code == 304


@pytest.mark.parametrize(
    "hidden", [{"state": Episode.State.DRAFT}, {"state": Episode.State.WITHDRAWN}, {"published_at": in_one_hour()}]
)
def test_it_is_hidden_with_its_episode(client, small, hidden):
    Episode.objects.update(**hidden)

    assert client.get(small.get_absolute_url()).status_code == 404


def test_a_wrong_ending_or_checksum_finds_nothing(client, small):
    right = small.get_absolute_url()

    assert client.get(right.replace(small.sha256[:8], "00000000")).status_code == 404
    assert client.get(right.replace(".opus", ".ogg")).status_code == 404


def test_former_addresses_lead_to_the_smaller_file_of_today_or_to_the_audio(client, small):
    episode, former = small.episode, small.get_absolute_url()
    Episode.objects.filter(pk=episode.pk).update(audio_sha256="f" * 64)
    episode.refresh_from_db()
    without = client.get(former)["Location"]

    now = make_small_audio(episode)
    published._memory.clear()

    assert without == episode.get_enclosure_url()
    assert client.get(former)["Location"] == now.get_absolute_url()


def test_the_short_way_sends_it_too(client, small):
    client.head(small.get_absolute_url())

    status, headers, content = ask(small.get_absolute_url(), HTTP_RANGE="bytes=0-99")

    assert (status, headers["Content-Type"], content) == (206, "audio/ogg", SMALL[:100])


def test_the_list_on_disk_holds_it(small):
    refresh_list()

    (listed,) = published_list().all()

    assert [file.sha256 for file in listed.files()] == [small.episode.audio_sha256, small.sha256]
    assert listed.files()[1].needed == len(SMALL)


def test_a_list_written_by_the_version_before_is_read(small):
    refresh_list()
    path = published_list().path
    rows = json.loads(path.read_text())
    for row in rows:
        del row["small"]
    path.write_text(json.dumps(rows))

    (listed,) = published_list().all()

    assert [file.sha256 for file in listed.files()] == [small.episode.audio_sha256]


def test_a_listener_who_takes_both_files_counts_once(client, small):
    for address in (small.episode.get_enclosure_url(), small.get_absolute_url(), small.get_absolute_url()):
        body(response := client.get(address, headers={"user-agent": PHONE}))
        response.close()
    body(response := client.get(small.get_absolute_url(), headers={"user-agent": "Overcast/3.0"}))
    response.close()

    for path in delivery_notes.spool().folder.glob("*.notes"):
        take_in_file(path)
    counting.count_unjudged()

    assert list(DailyDownload.objects.values_list("episode", "app", "downloads").order_by("app")) == [
        (small.episode_id, "AntennaPod", 1),
        (small.episode_id, "Overcast", 1),
    ]


def test_a_front_servers_log_is_counted_for_the_episode(small):
    refresh_list()
    at = datetime.now(UTC) - timedelta(minutes=1)
    line = (
        f'192.0.2.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {small.get_absolute_url()} HTTP/1.1" 200 9000 "-" "{PHONE}"'
    )

    note = note_of_line(line, AudioByAddress(), delivery_notes.salts_for_a_log())

    assert (note.episode, note.audio, note.audio_bytes) == (small.episode_id, small.sha256[:8], 9000)


def test_nginx_sends_it_alone_and_nothing_after_it_is_withdrawn(settings, tmp_path, small):
    settings.AUDIO_DELIVERY = "nginx"
    refresh_list()
    with nginx(tmp_path, 9, "off") as port:
        status, headers, content = get(port, small.get_absolute_url())
        SmallAudio.objects.all().delete()
        refresh_list()
        gone = get(port, small.get_absolute_url())[0]

    assert (status, headers["content-type"], content == SMALL, gone) == (200, "audio/ogg", True, 503)
    assert headers["content-disposition"].endswith('.opus"')


def test_it_flows_while_the_database_is_gone(tmp_path, small):
    refresh_list()
    folder = tmp_path / "wire"
    folder.mkdir()
    wire = Wire(folder)
    settings = {"DJANGO_SETTINGS_MODULE": "tests.publishing.server_settings"}
    try:
        with gunicorn(tmp_path, **settings, **wire.environment) as port:
            wire.cut()
            status, _, content = get(port, small.get_absolute_url(), Range="bytes=100-199")
    finally:
        wire.cut()

    assert (status, content) == (206, SMALL[100:200])
