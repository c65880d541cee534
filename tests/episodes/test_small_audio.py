"""A smaller file is made from an episode's audio where the show offers one, and always belongs to that audio."""

import base64
import hashlib
from pathlib import Path

import av
import pytest
from django.core.files import File
from django_q.models import OrmQ
from mutagen.oggopus import OggOpus

from episodes.audio.encode import EncodeError
from episodes.audio.encode_small import encode_small
from episodes.audio.id3 import EpisodeTags, TagChapter
from episodes.models import Episode, FormerAudio, SmallAudio
from episodes.models.fields import private_storage
from episodes.processing import process_audio, receive_audio
from episodes.small_audio import make_for, offer_as_the_show_says
from episodes.sweeping import sweep
from tests.episodes.audio_samples import write_tone
from tests.factories import make_draft, make_episode, make_show, make_small_audio

pytestmark = pytest.mark.django_db
SPEECH = Path(__file__).parents[1] / "samples/alignment/ljspeech.mp3"
TAGS = EpisodeTags(
    title="Början & slut",
    show="The show",
    author="The team",
    date="2026-01-31",
    number=3,
    chapters=[
        TagChapter(0, 61_500, "Start"),
        TagChapter(61_500, 70_000, "Middle"),
        TagChapter(9, 10, "x", listed=False),
    ],
)


@pytest.fixture
def show(db):
    return make_show(offer_small_audio=True)


def upload(episode, tmp_path, **tone):
    with write_tone(tmp_path / "in.mp3", seconds=6, **tone).open("rb") as file:
        receive_audio(episode, File(file, "in.mp3"))
    process_audio(episode.pk)
    return Episode.objects.select_related("show").get(pk=episode.pk)


def decoded_seconds(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.channels) in {("libopus", 1), ("opus", 1)}
        return sum(frame.samples for frame in container.decode(stream)) / 48_000


@pytest.mark.parametrize(("kind", "layout"), [("mp3", "stereo"), ("m4a", "mono"), ("wav", "mono")])
def test_the_sound_is_all_there_in_a_fraction_of_the_bytes(tmp_path, kind, layout):
    source = write_tone(tmp_path / f"in.{kind}", kind, seconds=20, layout=layout)

    small = encode_small(source, tmp_path / "out.opus", 20_000, TAGS)

    assert decoded_seconds(tmp_path / "out.opus") == pytest.approx(20, abs=0.1)
    assert small.audio_bytes == (tmp_path / "out.opus").stat().st_size < source.stat().st_size / 2
    assert small.bitrate_bps == small.audio_bytes * 8000 // 20_000
    assert small.sha256 == hashlib.sha256((tmp_path / "out.opus").read_bytes()).hexdigest()


def test_speech_takes_24_kbit_a_second(tmp_path):
    small = encode_small(SPEECH, tmp_path / "out.opus", 222_877, TAGS)

    assert small.bitrate_bps == pytest.approx(24_000, rel=0.1)


def test_the_same_sound_and_tags_give_the_same_bytes(tmp_path):
    source = write_tone(tmp_path / "in.mp3", seconds=5)

    made = [encode_small(source, tmp_path / name, 5_000, TAGS).sha256 for name in ("one.opus", "two.opus")]

    assert made[0] == made[1]


def test_players_find_title_and_chapters_in_it(tmp_path):
    encode_small(write_tone(tmp_path / "in.mp3", seconds=5), tmp_path / "out.opus", 5_000, TAGS)

    said = {name: value[0] for name, value in OggOpus(str(tmp_path / "out.opus")).tags.items()}

    assert said == {
        "title": "Början & slut", "artist": "The team", "album": "The show", "date": "2026-01-31", "genre": "Podcast",
        "tracknumber": "3", "chapter000": "00:00:00.000", "chapter000name": "Start",
        "chapter001": "00:01:01.500", "chapter001name": "Middle",
    }  # fmt: skip


def test_a_file_that_came_out_shorter_is_not_used(tmp_path):
    with pytest.raises(EncodeError, match="would last 5 seconds instead of 9"):
        encode_small(write_tone(tmp_path / "in.mp3", seconds=5), tmp_path / "out.opus", 9_000, TAGS)


def test_an_upload_gets_its_smaller_file_in_the_same_job(show, tmp_path):
    episode = upload(make_draft(show), tmp_path)

    small = episode.small_audio
    with private_storage().open(small.file.name) as file:
        stored = file.read()
    assert (small.made_from, small.mime, small.codecs) == (episode.audio_sha256, "audio/ogg", "opus")
    assert (small.sha256, small.audio_bytes) == (hashlib.sha256(stored).hexdigest(), len(stored))
    assert small.get_absolute_url() == f"/audio/{show.slug}/{episode.slug}/{small.sha256[:8]}.opus"


def test_a_show_that_does_not_offer_one_gets_none(tmp_path, db):
    episode = upload(make_draft(make_show()), tmp_path)

    assert (episode.audio_bytes > 0, SmallAudio.objects.count()) == (True, 0)


def test_new_audio_and_its_smaller_file_come_together(show, tmp_path):
    first = upload(make_draft(show), tmp_path)
    former = {first.audio_sha256, first.small_audio.sha256}

    second = upload(first, tmp_path, amplitude=0.1)

    assert second.small_audio.made_from == second.audio_sha256
    assert set(FormerAudio.objects.values_list("sha256", flat=True)) >= former
    assert former.isdisjoint({second.audio_sha256, second.small_audio.sha256})


def test_audio_that_is_small_already_has_no_second_choice(show, tmp_path):
    episode = upload(make_draft(show), tmp_path, bitrate_bps=24_000, rate_hz=22_050)

    assert (episode.audio_bytes > 0, SmallAudio.objects.count()) == (True, 0)


def test_a_show_that_begins_to_offer_them_orders_each_and_leaves_the_audio_alone(db, tmp_path):
    show = make_show()
    episode = upload(make_draft(show), tmp_path)
    OrmQ.objects.all().delete()

    show.offer_small_audio = True
    show.save()
    ordered = offer_as_the_show_says(show)
    tasks = [(row.task["func"], row.task["args"]) for row in OrmQ.objects.all()]
    for _, (pk,) in tasks:
        said = make_for(pk)

    after = Episode.objects.get(pk=episode.pk)
    assert (ordered, tasks) == (1, [("episodes.small_audio.make_for", (episode.pk,))])
    assert (said, after.audio_sha256) == ("The smaller file is offered.", episode.audio_sha256)
    assert after.small_audio.made_from == episode.audio_sha256


def test_a_show_that_stops_withdraws_them_and_remembers_their_addresses(show, tmp_path):
    small = make_small_audio(make_episode(show))
    show.offer_small_audio = False
    show.save()

    assert offer_as_the_show_says(show) == 1

    assert SmallAudio.objects.count() == 0
    assert [former.sha256 for former in FormerAudio.objects.all()] == [small.sha256]


def test_a_job_that_comes_too_late_changes_nothing(show, tmp_path):
    episode = upload(make_draft(show), tmp_path)
    SmallAudio.objects.all().delete()
    show.offer_small_audio = False
    show.save()

    make_for(episode.pk)

    assert SmallAudio.objects.count() == 0


def test_the_file_is_swept_only_when_no_row_names_it(show, tmp_path, monkeypatch):
    small = upload(make_draft(show), tmp_path).small_audio
    from episodes import sweeping

    monkeypatch.setattr(sweeping, "GRACE", -sweeping.GRACE)
    kept = small.file.name not in sweep()
    SmallAudio.objects.all().delete()

    assert (kept, small.file.name in sweep()) == (True, True)


def test_the_digest_of_the_row_is_what_apps_compare(show):
    small = make_small_audio(make_episode(show), b"exactly these")

    assert base64.b64encode(bytes.fromhex(small.sha256)) == base64.b64encode(hashlib.sha256(b"exactly these").digest())
