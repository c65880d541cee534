"""A disk that is really full, or read-only, under each kind of work; tests/promises has the audio of the plain form."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from episodes.models import AudioWork, Episode, PictureWork, Show, Upload
from episodes.picture_work import make_sizes
from episodes.processing import process_audio, receive_audio
from episodes.production import attach_artwork
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.episodes.picture_samples import picture
from tests.factories import make_draft, make_episode
from tests.promises.test_real_disks import fill, mount, small_disk  # noqa: F401 (a fixture)

TROUBLES = ["full", "read-only"]


@pytest.fixture(params=TROUBLES)
def trouble(request, small_disk, settings):  # noqa: F811
    """Uploads on their way lie on the small disk too, as on a real site. `begin()` and `end()` the trouble."""
    settings.FILE_UPLOAD_TEMP_DIR = small_disk / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()

    class Trouble:
        words = f"its disk is {request.param}"
        disk = small_disk

        def begin(self) -> None:
            if request.param == "full":
                fill(small_disk)
            else:
                assert mount("-o", "remount,ro", str(small_disk))

        def end(self) -> None:
            if request.param == "full":
                (small_disk / "filler").unlink()
            else:
                assert mount("-o", "remount,rw", str(small_disk))

        def files(self) -> set[str]:
            found = (path for path in small_disk.rglob("*") if path.is_file() and path.name != "filler")
            return {str(path.relative_to(small_disk)) for path in found}

    return Trouble()


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3", seconds=20).read_bytes()


def test_an_upload_in_pieces_is_told_and_goes_on_when_there_is_room_again(admin_client, show, trouble, tone):
    begin = reverse("admin:episodes_upload")
    head = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(tone)), "Upload-Metadata": "filename YS5tcDM="}
    place = admin_client.post(begin, headers=head)["Location"]
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    trouble.begin()

    refused = admin_client.patch(place, tone, content_type="application/offset+octet-stream", headers=piece)
    trouble.end()
    offset = admin_client.head(place, headers={"Tus-Resumable": "1.0.0"})["Upload-Offset"]
    rest = {"Tus-Resumable": "1.0.0", "Upload-Offset": offset}
    went = admin_client.patch(place, tone[int(offset) :], content_type="application/offset+octet-stream", headers=rest)

    assert refused.status_code == 507
    assert "The server could not take the file in" in refused.content.decode()
    assert (went.status_code, went["Upload-Offset"]) == (204, str(len(tone)))


def test_an_upload_that_cannot_even_begin_is_told_and_leaves_no_row(admin_client, db, trouble):
    head = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
    trouble.begin()

    refused = admin_client.post(reverse("admin:episodes_upload"), headers=head)
    rows = Upload.objects.count()
    trouble.end()

    if trouble.words.endswith("read-only"):  # a full disk still holds a file of no bytes
        assert (refused.status_code, rows) == (507, 0)
    else:
        assert refused.status_code in (201, 507)


def test_work_on_the_audio_says_it_keeps_the_file_and_is_done_when_ordered_again(show, trouble, tone):
    episode = make_episode(show, audio_content=b"what listeners hear")
    receive_audio(episode, ContentFile(tone))
    before = trouble.files()
    trouble.begin()

    process_audio(episode.pk)
    work, between = AudioWork.objects.get(), Episode.objects.get()
    after = trouble.files()
    trouble.end()
    AudioWork.objects.update(state="waiting")
    process_audio(episode.pk)

    assert (work.state, trouble.words in work.problem) == ("failed", True)
    assert between.audio_bytes == len(b"what listeners hear")
    assert after == before
    assert Episode.objects.get().duration_ms == pytest.approx(20_000, abs=100)


@pytest.mark.parametrize("field", ["artwork_file", "audio_file"])
def test_a_cover_or_a_file_in_the_form_is_told_and_nothing_is_half_stored(admin_client, show, trouble, tone, field):
    episode = make_draft(show, title="Old")
    content = {"artwork_file": picture(), "audio_file": tone}[field]
    values = form_values(admin_client, change_url(episode))
    trouble.begin()

    answer = send(
        admin_client, change_url(episode), values, title="New", artwork_alt="A circle.",
        **{field: SimpleUploadedFile("a", content)},
    )  # fmt: skip
    between, left = Episode.objects.get(), trouble.files()
    trouble.end()
    send(
        admin_client, change_url(episode), form_values(admin_client, change_url(episode)), title="New",
        artwork_alt="A circle.", **{field: SimpleUploadedFile("a", content)},
    )  # fmt: skip

    assert trouble.words in errors_of(answer)[0]
    assert (between.title, between.artwork.name, between.audio.name, left) == ("Old", "", "", set())
    assert Episode.objects.get().title == "New"


def test_sizes_of_a_picture_say_it_and_are_made_when_ordered_again(show, trouble):
    attach_artwork(show, ContentFile(picture()))
    before = trouble.files()
    trouble.begin()

    make_sizes(show.artwork.name)
    work, between, left = PictureWork.objects.get(), Show.objects.get(), trouble.files()
    trouble.end()
    make_sizes(show.artwork.name)

    assert (work.state, trouble.words in work.problem) == ("failed", True)
    assert between.artwork_renditions == []
    assert left == before
    assert len(Show.objects.get().artwork_renditions) == 10
