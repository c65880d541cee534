import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_q.models import OrmQ
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4

from episodes import processing
from episodes.audio.id3 import EpisodeTags, TagChapter, write_id3
from episodes.audio.probe import AudioError
from episodes.audio_orders import order_work
from episodes.chapters import ChapterMark
from episodes.models import AudioWork, Episode
from episodes.processing import process_audio, receive_audio
from episodes.production import attach_artwork, chapter_marks, replace_chapters
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url
from tests.episodes.picture_samples import picture
from tests.factories import make_draft, make_episode, make_show


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3").read_bytes()


def row(episode) -> Episode:
    return Episode.objects.get(pk=episode.pk)


def work(episode) -> AudioWork:
    return AudioWork.objects.get(pk=episode.pk)


def test_a_draft_can_be_heard_at_once_and_is_tagged_by_the_job(show, tone):
    episode = make_draft(show, title="Größe", number=7)
    replace_chapters(episode, [ChapterMark(0, "Welcome"), ChapterMark(5_000, "Why")])

    receive_audio(episode, ContentFile(tone))
    before = row(episode)
    process_audio(episode.pk)

    after = row(episode)
    tags = MP3(after.audio.path).tags
    assert before.duration_ms == after.duration_ms == 10_031
    assert before.audio_sha256 != after.audio_sha256
    assert [str(tags[k]) for k in ("TIT2", "TALB", "TRCK")] == ["Größe", show.title, "7"]
    assert [c.sub_frames["TIT2"].text[0] for c in tags.getall("CHAP")] in (["Welcome", "Why"], ["Why", "Welcome"])
    assert after.loudness_lufs == pytest.approx(-14.4, abs=0.7)
    assert len(after.waveform.peaks) == 1800
    assert (work(episode).state, work(episode).percent) == ("done", 100)


def test_the_order_stands_in_the_same_database_as_the_file(show, tone):
    receive_audio(make_draft(show), ContentFile(tone))

    assert OrmQ.objects.count() == 1


def test_the_job_run_twice_changes_nothing_more(show, tone):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    process_audio(episode.pk)
    before = Episode.objects.values().get(pk=episode.pk)

    process_audio(episode.pk)
    order_work(episode)
    process_audio(episode.pk)

    assert Episode.objects.values().get(pk=episode.pk) == before


def test_a_public_episode_keeps_its_file_until_the_new_one_is_complete(show, tone):
    episode = make_episode(show, audio_content=b"old")

    receive_audio(episode, ContentFile(tone))
    between = row(episode)
    process_audio(episode.pk)

    assert between.audio_bytes == 3
    assert row(episode).duration_ms == 10_031


def test_a_job_killed_half_way_leaves_the_old_file_and_does_it_all_when_handed_out_again(show, tone, monkeypatch):
    episode = make_episode(show, audio_content=b"old")
    receive_audio(episode, ContentFile(tone))

    def killed(*args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(processing, "read_peaks", killed)
        with pytest.raises(SystemExit):
            process_audio(episode.pk)
    between = row(episode), work(episode).state
    process_audio(episode.pk)

    assert (between[0].audio_bytes, between[1]) == (3, "running")
    assert row(episode).duration_ms == 10_031
    assert work(episode).state == "done"


def test_an_upload_that_comes_during_the_work_wins(show, tone, tmp_path, monkeypatch):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    newer = write_tone(tmp_path / "new.mp3", seconds=5).read_bytes()
    draw = processing.read_peaks

    def meanwhile(path, duration_ms):
        monkeypatch.setattr(processing, "read_peaks", draw)
        receive_audio(episode, ContentFile(newer))
        return draw(path, duration_ms)

    monkeypatch.setattr(processing, "read_peaks", meanwhile)
    process_audio(episode.pk)
    first = row(episode).duration_ms, work(episode).state
    process_audio(episode.pk)

    assert first[0] < 6_000
    assert first[1] == "waiting"
    assert row(episode).duration_ms < 6_000
    assert work(episode).state == "done"


def test_new_words_written_during_the_work_are_not_undone(show, tone, monkeypatch):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    draw = processing.read_peaks

    def meanwhile(path, duration_ms):
        Episode.objects.filter(pk=episode.pk).update(title="Written meanwhile")
        return draw(path, duration_ms)

    monkeypatch.setattr(processing, "read_peaks", meanwhile)
    process_audio(episode.pk)

    assert row(episode).title == "Written meanwhile"


@pytest.mark.parametrize(("kind", "layout", "lufs"), [("wav", "mono", -19), ("flac", "stereo", -16)])
def test_a_show_that_converts_makes_a_levelled_mp3_and_keeps_the_original(db, tmp_path, kind, layout, lufs):
    episode = make_draft(make_show(encode_audio=True))
    source = write_tone(tmp_path / "in", kind, layout=layout, amplitude=0.05).read_bytes()

    receive_audio(episode, ContentFile(source))
    process_audio(episode.pk)

    after = row(episode)
    assert (after.audio_mime, after.loudness_lufs) == ("audio/mpeg", pytest.approx(lufs, abs=1))
    with after.original_audio.open() as file:
        assert file.read() == source


def test_a_wav_is_refused_where_the_show_does_not_convert(show, tmp_path):
    source = write_tone(tmp_path / "in", "wav").read_bytes()

    with pytest.raises(AudioError, match="too large for listeners"):
        receive_audio(make_draft(show), ContentFile(source))

    assert not AudioWork.objects.exists()


def test_an_m4a_gets_its_tags_too(show, tmp_path):
    episode = make_draft(show, title="In a box")
    receive_audio(episode, ContentFile(write_tone(tmp_path / "a.m4a", "m4a").read_bytes()))

    process_audio(episode.pk)

    after = row(episode)
    assert work(episode).problem == ""
    assert MP4(after.audio.path).tags["\xa9nam"] == ["In a box"]
    assert (after.audio_mime, after.duration_ms) == ("audio/x-m4a", pytest.approx(10_031, abs=20))


def tagged(tone_path, **tags) -> bytes:
    out = io.BytesIO()
    write_id3(tone_path, out, EpisodeTags(**tags))
    return out.getvalue()


def test_the_tags_of_the_upload_fill_only_what_is_empty(show, tmp_path):
    tone = write_tone(tmp_path / "a.mp3")
    content = tagged(
        tone, title="From the file", number=9, cover=picture(1400), chapters=[TagChapter(0, 5_000, "Tagged")]
    )
    empty, written = make_draft(show, title="Mine"), make_draft(show, number=1)
    replace_chapters(written, [ChapterMark(0, "Mine")])

    for episode in (empty, written):
        receive_audio(episode, ContentFile(content))
        process_audio(episode.pk)

    assert (row(empty).title, row(empty).number, row(written).number) == ("Mine", 9, 1)
    assert [m.title for m in chapter_marks(empty) + chapter_marks(written)] == ["Tagged", "Mine"]
    assert row(empty).artwork_width_px == 1400


def test_a_failed_job_says_why_keeps_the_file_and_can_be_run_again(show, tone, monkeypatch):
    episode = make_episode(show, audio_content=b"old")
    receive_audio(episode, ContentFile(tone))

    def no_room(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", no_room)
        process_audio(episode.pk)
    failed = work(episode)
    order_work(episode)
    process_audio(episode.pk)

    assert (failed.state, "its disk is full" in failed.problem) == ("failed", True)
    assert work(episode).state == "done"
    assert row(episode).duration_ms == 10_031


def test_something_unexpected_is_told_without_its_details(show, tone, monkeypatch):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    monkeypatch.setattr(processing, "read_peaks", lambda *a: 1 / 0)

    process_audio(episode.pk)

    assert work(episode).state == "failed"
    assert "division" not in work(episode).problem


def test_the_loudness_is_kept_when_only_tags_change(show, tone):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    process_audio(episode.pk)
    measured = row(episode).loudness_lufs
    Episode.objects.filter(pk=episode.pk).update(title="Another title")

    order_work(row(episode))
    process_audio(episode.pk)

    assert row(episode).loudness_lufs == measured
    assert str(MP3(row(episode).audio.path).tags["TIT2"]) == "Another title"


def test_work_that_is_silent_for_minutes_can_be_ordered_again(show, tone, admin_client):
    episode = make_draft(show)
    receive_audio(episode, ContentFile(tone))
    AudioWork.objects.update(state="running", changed_at=timezone.now() - timedelta(minutes=6))
    url = change_url(episode)

    page = admin_client.get(url).content.decode()
    admin_client.post(url.replace("change", "process"))
    process_audio(episode.pk)

    assert "probably interrupted" in page
    assert work(episode).state == "done"


def test_chapters_of_an_editor_that_no_column_holds_do_not_fail_the_work(show, tmp_path):
    content = tagged(
        write_tone(tmp_path / "a.mp3"),
        chapters=[TagChapter(0, 5_000, "y" * 700, "javascript:alert(1)"), TagChapter(5_000, 9_000, "Why")],
    )
    episode = make_draft(show)

    receive_audio(episode, ContentFile(content))
    process_audio(episode.pk)

    assert (work(episode).state, work(episode).problem) == ("done", "")
    assert chapter_marks(episode) == [ChapterMark(0, "y" * 255), ChapterMark(5_000, "Why")]


def test_what_a_producer_writes_while_the_file_is_measured_is_not_replaced_by_the_files_own(
    show, tmp_path, monkeypatch
):
    content = tagged(
        write_tone(tmp_path / "a.mp3"), number=9, cover=picture(1400), chapters=[TagChapter(0, 5_000, "Tagged")]
    )
    episode = make_draft(show)
    receive_audio(episode, ContentFile(content))
    measure = processing.probe_audio

    def meanwhile(path, *limit):
        written = row(episode)
        if not written.artwork:
            attach_artwork(written, ContentFile(picture(1500)))
            replace_chapters(written, [ChapterMark(0, "Mine")])
            Episode.objects.filter(pk=episode.pk).update(number=1)
        return measure(path, *limit)

    monkeypatch.setattr(processing, "probe_audio", meanwhile)
    process_audio(episode.pk)

    assert [mark.title for mark in chapter_marks(episode)] == ["Mine"]
    assert (row(episode).artwork_width_px, row(episode).number) == (1500, 1)


def test_what_the_file_brought_stands_in_its_new_tags(show, tmp_path):
    content = tagged(write_tone(tmp_path / "a.mp3"), number=9)
    episode = make_draft(show)

    receive_audio(episode, ContentFile(content))
    process_audio(episode.pk)

    assert str(MP3(row(episode).audio.path).tags["TRCK"]) == "9"
