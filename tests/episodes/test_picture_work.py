import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_q.models import OrmQ

from episodes import picture_work
from episodes.artwork import COVER_WIDTHS_PX
from episodes.models import PictureWork, Show
from episodes.picture_work import make_sizes, order_sizes
from episodes.production import attach_artwork, attach_chapter_picture, attach_photo
from tests.episodes.picture_samples import picture
from tests.factories import make_chapter, make_draft, make_speaker


def test_the_job_makes_a_cover_in_every_width_as_avif_and_jpeg(show):
    attach_artwork(show, ContentFile(picture(1500)))

    make_sizes(show.artwork.name)

    show.refresh_from_db()
    made = [(one["width"], one["format"]) for one in show.artwork_renditions]
    assert made == [(width, kind) for width in COVER_WIDTHS_PX for kind in ("avif", "jpeg")]
    assert all(default_storage.exists(one["name"]) for one in show.artwork_renditions)
    assert PictureWork.objects.get().state == "done"


def test_a_persons_photo_and_a_chapters_picture_get_their_squares(show):
    speaker, chapter = make_speaker(), make_chapter(make_draft(show))
    attach_photo(speaker, ContentFile(picture(800, 1000)))
    attach_chapter_picture(chapter, ContentFile(picture(600, 400)), "A bridge.")

    make_sizes(speaker.photo.name)
    make_sizes(chapter.image.name)

    speaker.refresh_from_db()
    chapter.refresh_from_db()
    assert {one["width"] for one in speaker.photo_renditions} == {96, 192, 384, 768}
    assert {one["width"] for one in chapter.image_renditions} == {96, 192, 384}


def test_everybody_who_shows_the_picture_gets_its_sizes(show):
    episode = make_draft(show)
    attach_artwork(show, ContentFile(picture()))
    attach_artwork(episode, ContentFile(picture()))

    make_sizes(show.artwork.name)

    show.refresh_from_db()
    episode.refresh_from_db()
    assert show.artwork_renditions == episode.artwork_renditions != []


def test_until_the_job_has_run_the_page_shows_the_plain_jpeg(client, show):
    attach_artwork(show, ContentFile(picture()))

    before = client.get(show.get_absolute_url()).content.decode()
    make_sizes(show.artwork.name)
    after = client.get(show.get_absolute_url()).content.decode()

    assert f'src="{show.artwork.url}"' in before
    assert "image/avif" not in before
    assert "image/avif" in after


def test_a_failure_is_said_and_the_job_can_be_run_again(admin_client, show, monkeypatch):
    attach_artwork(show, ContentFile(picture()))
    name = show.artwork.name

    def full(*args):
        raise picture_work.FilingError("The server could not store the file: its disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(picture_work, "keep_bytes", full)
        make_sizes(name)
    front = admin_client.get("/admin/").content.decode()
    OrmQ.objects.all().delete()
    admin_client.post("/admin/episodes/picturework/", {"_selected_action": [name], "action": "make_again"}, follow=True)
    ordered = OrmQ.objects.count()
    make_sizes(name)

    assert "its disk is full" in front
    assert ordered == 1
    assert Show.objects.get().artwork_renditions != []
    assert "its disk is full" not in admin_client.get("/admin/").content.decode()


def test_a_picture_that_is_gone_from_the_disk_is_said_too(show):
    attach_artwork(show, ContentFile(picture()))
    default_storage.delete(show.artwork.name)

    make_sizes(show.artwork.name)

    assert "Upload it again" in PictureWork.objects.get().problem


def test_a_job_killed_half_way_leaves_no_size_half_told_and_is_done_again(show, monkeypatch):
    attach_artwork(show, ContentFile(picture()))
    keep, kept = picture_work.keep_bytes, []

    def killed(*args):
        kept.append(keep(*args))
        if len(kept) == 3:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(picture_work, "keep_bytes", killed)
        with pytest.raises(SystemExit):
            make_sizes(show.artwork.name)
    between = Show.objects.get().artwork_renditions
    make_sizes(show.artwork.name)

    assert between == []
    assert len(Show.objects.get().artwork_renditions) == 10


def test_an_order_given_twice_is_one_row(show):
    attach_artwork(show, ContentFile(picture()))

    order_sizes(show.artwork.name)

    assert PictureWork.objects.count() == 1
