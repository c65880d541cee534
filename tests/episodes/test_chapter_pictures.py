import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from mutagen.mp3 import MP3
from PIL import Image

from episodes.models import Chapter, Episode
from episodes.picture_work import make_sizes
from episodes.processing import process_audio, receive_audio
from episodes.production import attach_chapter_picture, chapter_marks, replace_chapters
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import errors_of, form_values, messages_of, send
from tests.episodes.picture_samples import picture
from tests.factories import make_chapter, make_draft, make_episode


def page(episode) -> str:
    return reverse("admin:episodes_episode_pictures", args=[episode.pk])


def upload(width=600, height=400) -> SimpleUploadedFile:
    return SimpleUploadedFile("p.jpg", picture(width, height))


def stored(episode) -> list[tuple]:
    return [(bool(c.image), c.image_alt) for c in episode.chapters.order_by("start_ms")]


@pytest.fixture
def episode(show):
    episode = make_draft(show, duration_ms=10_000)
    make_chapter(episode, 0, title="Welcome")
    make_chapter(episode, 5_000, title="Why")
    return episode


def test_a_chapter_gets_a_picture_with_its_words(admin_client, episode):
    answer = send(
        admin_client, page(episode), form_values(admin_client, page(episode)),
        **{"at-5000-file": upload(), "at-5000-alt": "A bridge."},
    )  # fmt: skip

    assert messages_of(answer) == ["The pictures are saved."]
    assert stored(episode) == [(False, ""), (True, "A bridge.")]


def test_a_picture_without_words_is_asked_for_them_and_not_stored(admin_client, episode):
    answer = send(admin_client, page(episode), form_values(admin_client, page(episode)), **{"at-0-file": upload()})

    assert errors_of(answer) == ["Say in a few words what the picture shows, for people who cannot see it."]
    assert stored(episode) == [(False, ""), (False, "")]


def test_what_is_no_picture_is_refused_with_a_sentence(admin_client, episode):
    svg = SimpleUploadedFile("p.jpg", b"<svg onload=alert(1)>")

    answer = send(
        admin_client, page(episode), form_values(admin_client, page(episode)),
        **{"at-0-file": svg, "at-0-alt": "Nothing."},
    )  # fmt: skip

    assert errors_of(answer) == [
        "This picture is an SVG drawing, which podcast apps do not show. Export it as JPEG or PNG."
    ]
    assert stored(episode)[0] == (False, "")


def test_a_picture_can_be_described_anew_and_taken_away(admin_client, episode):
    first = episode.chapters.get(start_ms=0)
    attach_chapter_picture(first, ContentFile(picture(600, 400)), "A bridge.")

    send(admin_client, page(episode), form_values(admin_client, page(episode)), **{"at-0-alt": "A stone bridge."})
    between = stored(episode)[0]
    send(admin_client, page(episode), form_values(admin_client, page(episode)), **{"at-0-remove": "on"})

    assert between == (True, "A stone bridge.")
    assert stored(episode)[0] == (False, "")


def test_a_form_that_somebody_else_overtook_is_not_saved_over_it(admin_client, episode):
    values = form_values(admin_client, page(episode))
    Episode.objects.update(version=7)

    answer = send(admin_client, page(episode), values, **{"at-0-file": upload(), "at-0-alt": "Mine."})

    assert "Someone changed this episode while you were here" in answer.content.decode()
    assert stored(episode)[0] == (False, "")


def test_a_form_that_was_cut_off_changes_nothing(admin_client, episode):
    values = form_values(admin_client, page(episode))
    del values["_whole"]

    answer = send(admin_client, page(episode), values, **{"at-0-file": upload(), "at-0-alt": "A bridge."})

    assert "The connection broke" in answer.content.decode()
    assert stored(episode)[0] == (False, "")


def test_chapters_that_are_written_anew_keep_picture_and_words_at_their_time(episode):
    attach_chapter_picture(episode.chapters.get(start_ms=5_000), ContentFile(picture(600, 400)), "A bridge.")

    replace_chapters(episode, chapter_marks(episode)[1:])

    assert stored(episode) == [(True, "A bridge.")]


def test_apps_find_the_picture_in_the_chapters_file_and_the_page_shows_it(client, show):
    episode = make_episode(show, duration_ms=10_000)
    chapter = make_chapter(episode, 0)
    attach_chapter_picture(chapter, ContentFile(picture(600, 400)), "A bridge.")
    make_sizes(chapter.image.name)

    found = json.loads(client.get(reverse("publishing:chapters", args=[show.slug, episode.slug])).content)
    html = client.get(episode.get_absolute_url()).content.decode()

    assert found["chapters"][0]["img"] == f"http://testserver{chapter.image.url}"
    assert client.head(chapter.image.url).status_code == 200
    assert 'alt="A bridge."' in html


def test_the_file_carries_a_small_copy_of_the_picture(show, tmp_path):
    episode = make_draft(show)
    attach_chapter_picture(make_chapter(episode, 0), ContentFile(picture(1200, 800)), "A bridge.")
    receive_audio(episode, ContentFile(write_tone(tmp_path / "tone.mp3").read_bytes()))

    process_audio(episode.pk)

    chapter = MP3(Episode.objects.get().audio.path).tags.getall("CHAP")[0]
    inside = chapter.sub_frames.getall("APIC")[0]
    with Image.open(io.BytesIO(inside.data)) as small:
        assert (inside.mime, small.size) == ("image/jpeg", (400, 267))


def test_the_page_says_what_to_do_while_there_are_no_chapters(admin_client, show):
    answer = admin_client.get(page(make_draft(show)))

    assert "There are no chapters yet." in answer.content.decode()
    assert not Chapter.objects.exists()


def test_the_second_saver_sees_the_stored_words_and_their_own(admin_client, episode):
    described = {"at-0-file": upload(), "at-0-alt": "Old."}
    send(admin_client, page(episode), form_values(admin_client, page(episode)), **described)
    old = form_values(admin_client, page(episode))
    send(admin_client, page(episode), form_values(admin_client, page(episode)), **{"at-0-alt": "Hers."})

    answer = send(admin_client, page(episode), old, **{"at-0-alt": "Mine."})

    html = answer.content.decode()
    assert 'value="Hers."' in html
    assert "In the form you sent: “Mine.”" in html
    assert stored(episode)[0] == (True, "Hers.")
