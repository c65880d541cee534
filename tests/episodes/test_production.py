import hashlib
import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils import timezone

from episodes.artwork import ArtworkError
from episodes.audio.probe import AudioError
from episodes.chapters import ChapterMark
from episodes.filing import FilingError
from episodes.models import Episode, PictureWork
from episodes.production import (
    NotReadyError,
    attach_artwork,
    attach_audio,
    chapter_marks,
    discard,
    publish,
    replace_chapters,
    restore,
    schedule,
    withdraw,
)
from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture
from tests.factories import an_hour_ago, in_one_hour, make_draft, make_episode


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3").read_bytes()


@pytest.fixture
def ready(show, tone):
    """A draft with everything that publishing asks for."""
    episode = make_draft(show, summary="What it is about.")
    attach_audio(episode, ContentFile(tone))
    return episode


def stored_files(media) -> list[str]:
    return sorted(str(p.relative_to(media)) for p in media.rglob("*") if p.is_file())


def row(episode) -> dict:
    return Episode.objects.filter(pk=episode.pk).values().get()


def test_attached_audio_is_stored_under_its_content_and_measured(show, tone, files_of_this_test):
    episode = make_draft(show)
    sha256 = hashlib.sha256(tone).hexdigest()

    attach_audio(episode, SimpleUploadedFile("../../etc/passwd.mp3", tone, "text/html"))

    stored = Episode.objects.get(pk=episode.pk)
    assert stored_files(files_of_this_test) == [f"private/audio/{sha256}.mp3"]
    assert (stored.audio.name, stored.audio_sha256) == (f"audio/{sha256}.mp3", sha256)
    assert (stored.audio_bytes, stored.audio_mime, stored.duration_ms) == (len(tone), "audio/mpeg", 10_031)
    assert (stored.channels, stored.sample_rate_hz, stored.bitrate_bps) == (1, 44_100, 96_000)
    with stored.audio.open() as file:
        assert file.read() == tone
    assert episode.audio_sha256 == sha256


def test_a_large_upload_on_disk_is_kept_without_a_second_copy(show, tone):
    upload = TemporaryUploadedFile("a.mp3", "audio/mpeg", len(tone), None)
    upload.write(tone)
    upload.flush()
    inode = os.stat(upload.temporary_file_path()).st_ino
    episode = make_draft(show)

    attach_audio(episode, upload)
    upload.close()

    assert os.stat(episode.audio.path).st_ino == inode
    assert os.stat(episode.audio.path).st_mode & 0o777 == 0o644


def test_the_same_audio_twice_is_one_file_and_no_change(show, tone, files_of_this_test):
    episode = make_draft(show)
    attach_audio(episode, ContentFile(tone))
    before = row(episode)

    attach_audio(episode, ContentFile(tone))

    assert row(episode) == before
    assert len(stored_files(files_of_this_test)) == 1


@pytest.mark.parametrize("content", [b"", b"this is text", b"%PDF-1.7"])
def test_refused_audio_changes_nothing_and_leaves_no_file(ready, files_of_this_test, tmp_path, content):
    before, files = row(ready), stored_files(tmp_path)

    with pytest.raises(AudioError):
        attach_audio(ready, ContentFile(content))

    assert row(ready) == before
    assert stored_files(tmp_path) == files


def test_a_wav_is_refused_with_the_way_out(show, tmp_path):
    wav = write_tone(tmp_path / "a.wav", "wav")

    with pytest.raises(AudioError, match=r"This is WAV.*Encode audio"):
        attach_audio(make_draft(show), ContentFile(wav.read_bytes()))


def test_a_full_disk_is_told_in_words_and_changes_nothing(ready, tmp_path, monkeypatch):
    other = write_tone(tmp_path / "other.mp3", seconds=5).read_bytes()
    before = row(ready)

    def no_room(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", no_room)
    with pytest.raises(FilingError, match=r"its disk is full\. Nothing was changed"):
        attach_audio(ready, ContentFile(other))

    assert row(ready) == before
    assert not list(tmp_path.rglob("*.partial"))


def test_a_partial_file_left_by_a_killed_copy_is_replaced(show, tone, files_of_this_test):
    sha256 = hashlib.sha256(tone).hexdigest()
    half = files_of_this_test / "private/audio" / f"{sha256}.mp3"
    half.parent.mkdir(parents=True)
    half.write_bytes(tone[:100])
    episode = make_draft(show)

    attach_audio(episode, ContentFile(tone))

    assert half.read_bytes() == tone


def test_a_form_saved_elsewhere_is_not_undone_by_attached_audio(ready, tmp_path):
    Episode.objects.filter(pk=ready.pk).update(title="Changed meanwhile")

    attach_audio(ready, ContentFile(write_tone(tmp_path / "b.mp3", seconds=5).read_bytes()))

    assert row(ready)["title"] == "Changed meanwhile"


def test_a_cover_is_stored_clean_and_its_sizes_are_ordered(show, files_of_this_test):
    attach_artwork(show, ContentFile(picture(1500, fmt="PNG"), "evil.svg"))

    show.refresh_from_db()
    assert show.artwork.name.startswith("artwork/")
    assert show.artwork.name.endswith(".jpg")
    assert (show.artwork_width_px, show.artwork_mime, show.artwork_bytes) == (1500, "image/jpeg", show.artwork.size)
    assert show.artwork_renditions == []
    assert PictureWork.objects.get().name == show.artwork.name


def test_a_refused_cover_leaves_the_old_one_and_no_file(show, files_of_this_test):
    attach_artwork(show, ContentFile(picture()))
    files, name = stored_files(files_of_this_test), show.artwork.name

    with pytest.raises(ArtworkError):
        attach_artwork(show, ContentFile(picture(1399)))

    show.refresh_from_db()
    assert (show.artwork.name, stored_files(files_of_this_test)) == (name, files)


def test_chapters_are_replaced_as_a_whole_and_keep_their_pictures(show):
    episode = make_draft(show)
    replace_chapters(episode, [ChapterMark(0, "Old"), ChapterMark(5_000, "Gone")])
    episode.chapters.filter(start_ms=0).update(image="chapters/x.jpg")

    replace_chapters(
        episode, [ChapterMark(0, "New", "https://example.org"), ChapterMark(9_000, "Silent", listed=False)]
    )

    assert chapter_marks(episode) == [
        ChapterMark(0, "New", "https://example.org"),
        ChapterMark(9_000, "Silent", listed=False),
    ]
    assert episode.chapters.get(start_ms=0).image == "chapters/x.jpg"


def test_publishing_now_opens_the_episode(ready):
    publish(ready)

    assert list(Episode.objects.published()) == [ready]
    assert row(ready)["version"] == 2


def test_scheduling_opens_it_only_at_its_hour(ready):
    when = in_one_hour()

    schedule(ready, when)

    assert list(Episode.objects.published()) == []
    assert list(Episode.objects.scheduled()) == [ready]
    assert row(ready)["published_at"] == when


def test_scheduling_into_the_past_is_refused(ready):
    with pytest.raises(ValueError, match="This moment has passed"):
        schedule(ready, an_hour_ago())


def test_publishing_asks_the_row_and_not_the_form(ready):
    Episode.objects.filter(pk=ready.pk).update(summary="")

    with pytest.raises(NotReadyError, match="Not ready: There is no summary"):
        publish(ready)

    assert row(ready)["state"] == "draft"


def test_an_episode_without_audio_is_not_published(show):
    with pytest.raises(NotReadyError, match="There is no audio yet"):
        publish(make_draft(show, summary="x"))


def test_withdrawing_closes_it_and_keeps_guid_date_and_file(show):
    episode = make_episode(show)
    before = row(episode)

    withdraw(episode)

    after = row(episode)
    assert list(Episode.objects.published()) == []
    assert after["state"] == "withdrawn"
    assert {k: after[k] for k in ("guid", "published_at", "audio", "slug")} == {
        k: before[k] for k in ("guid", "published_at", "audio", "slug")
    }


def test_a_withdrawn_episode_returns_with_its_first_date(show):
    episode = make_episode(show, published_at=timezone.now() - timedelta(days=30))
    date = episode.published_at
    withdraw(episode)

    publish(episode)

    assert row(episode)["published_at"] == date


def test_withdrawing_a_scheduled_episode_makes_it_a_draft_again(show):
    episode = make_episode(show, published_at=in_one_hour())

    withdraw(episode)

    assert row(episode)["state"] == "draft"


def test_a_draft_cannot_be_withdrawn(show):
    with pytest.raises(ValueError, match="Only a public or scheduled"):
        withdraw(make_draft(show))


def test_a_discarded_episode_is_hidden_and_comes_back_unpublished(show):
    episode = make_episode(show)

    discard(episode)
    gone = list(Episode.objects.published())
    with pytest.raises(ValueError, match="thrown away"):
        publish(episode)
    restore(episode)

    assert gone == []
    assert list(Episode.objects.published()) == []
    assert (row(episode)["state"], row(episode)["deleted_at"]) == ("withdrawn", None)


def test_an_episode_that_is_live_keeps_its_date_when_it_is_published_once_more(show):
    episode = make_episode(show, published_at=timezone.now() - timedelta(days=30))
    date = episode.published_at

    publish(episode)

    assert row(episode)["published_at"] == date


def test_an_episode_that_is_live_is_not_closed_by_scheduling_it(show):
    episode = make_episode(show)

    with pytest.raises(ValueError, match="This episode is live"):
        schedule(episode, in_one_hour())

    assert list(Episode.objects.published()) == [episode]


def test_a_scheduled_episode_can_be_given_another_hour(show):
    episode = make_episode(show, published_at=in_one_hour())
    when = in_one_hour() + timedelta(days=1)

    schedule(episode, when)

    assert row(episode)["published_at"] == when


def test_a_scheduled_episode_that_was_thrown_away_comes_back_as_a_draft_and_opens_when_it_is_published(show):
    episode = make_episode(show, published_at=in_one_hour(), summary="What it is about.")
    discard(episode)
    restore(episode)
    state = row(episode)["state"]

    publish(episode)

    assert state == "draft"
    assert list(Episode.objects.published()) == [episode]


def test_a_date_that_passed_in_the_bin_is_no_date_it_was_out(show):
    episode = make_episode(show, published_at=in_one_hour())
    discard(episode)
    Episode.objects.update(deleted_at=timezone.now() - timedelta(days=2), published_at=an_hour_ago())

    restore(episode)

    assert row(episode)["state"] == "draft"
