import pytest
from django.core.files.base import ContentFile
from django_q.models import OrmQ
from mutagen.mp3 import MP3

from episodes.models import Episode
from episodes.processing import process_audio, receive_audio
from episodes.production import publish, schedule, withdraw
from episodes.retagging import renew_next
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import change_url, form_values, messages_of, send
from tests.episodes.picture_samples import picture
from tests.factories import in_one_hour, make_draft, make_episode


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3").read_bytes()


def row(episode) -> Episode:
    return Episode.objects.get(pk=episode.pk)


def tags(episode) -> dict[str, str]:
    found = MP3(row(episode).audio.path).tags
    return {name: str(found[name]) for name in ("TALB", "TPE1", "TDRC", "TIT2") if name in found}


def do_all_jobs() -> None:
    """As the worker does: what is queued, and what that queues, one after the other."""
    while queued := OrmQ.objects.order_by("id").first():
        task = queued.task
        queued.delete()
        {"episodes.retagging.renew_next": renew_next, "episodes.processing.process_audio": process_audio}.get(
            task["func"], lambda *args: None
        )(*task["args"])


def a_whole_draft(show, tone, **over) -> Episode:
    episode = make_draft(show, summary="What it is about.", **over)
    receive_audio(episode, ContentFile(tone))
    do_all_jobs()
    return row(episode)


def test_publishing_writes_the_date_into_the_file_and_keeps_the_old_one_until_it_is_complete(show, tone):
    episode = a_whole_draft(show, tone)
    before = episode.audio_sha256

    publish(episode)
    between = row(episode).audio_sha256
    do_all_jobs()

    after = row(episode)
    assert between == before != after.audio_sha256
    assert tags(after)["TDRC"] == f"{after.published_at:%Y-%m-%d}"
    assert after.duration_ms == 10_031


def test_a_scheduled_episode_has_its_date_in_the_file_before_its_hour(show, tone):
    episode = a_whole_draft(show, tone)

    schedule(episode, in_one_hour())
    do_all_jobs()

    assert not row(episode).is_published
    assert tags(episode)["TDRC"] == f"{row(episode).published_at:%Y-%m-%d}"


def test_publishing_again_with_the_same_date_changes_no_byte(show, tone):
    episode = a_whole_draft(show, tone)
    publish(episode)
    do_all_jobs()
    before = Episode.objects.values("audio_sha256", "audio_changed_at").get()

    withdraw(episode)
    publish(row(episode))
    do_all_jobs()

    assert Episode.objects.values("audio_sha256", "audio_changed_at").get() == before


@pytest.mark.parametrize(
    ("change", "tag", "value"),
    [({"title": "A new name"}, "TALB", "A new name"), ({"author": "Other people"}, "TPE1", "Other people")],
)
def test_a_shows_change_goes_into_files_that_are_not_public_yet(admin_client, show, tone, change, tag, value):
    drafts = [a_whole_draft(show, tone), a_whole_draft(show, tone)]

    answer = send(admin_client, change_url(show), form_values(admin_client, change_url(show)), **change)
    do_all_jobs()

    assert "2 audio files will be renewed in the background, one after the other." in messages_of(answer)
    assert [tags(draft)[tag] for draft in drafts] == [value, value]


def test_a_new_cover_of_the_show_goes_in_too(admin_client, show, tone):
    draft = a_whole_draft(show, tone)

    send(
        admin_client,
        change_url(show),
        form_values(admin_client, change_url(show)),
        artwork_file=ContentFile(picture(), "cover.jpg"),
        artwork_alt="Teal.",
    )
    do_all_jobs()

    assert MP3(row(draft).audio.path).tags.getall("APIC")


@pytest.mark.parametrize(("asked", "renewed"), [({}, False), ({"renew_published": "on"}, True)])
def test_a_published_file_is_renewed_only_when_the_producer_asks_for_it(admin_client, show, tone, asked, renewed):
    episode = a_whole_draft(show, tone)
    publish(episode)
    do_all_jobs()
    before = row(episode).audio_sha256

    send(admin_client, change_url(show), form_values(admin_client, change_url(show)), title="A new name", **asked)
    do_all_jobs()

    assert (row(episode).audio_sha256 != before) is renewed
    assert (tags(episode)["TALB"] == "A new name") is renewed


def test_the_former_address_leads_to_the_renewed_file(client, admin_client, show, tone):
    episode = a_whole_draft(show, tone)
    publish(episode)
    do_all_jobs()
    former = row(episode).get_enclosure_url()

    send(
        admin_client,
        change_url(show),
        form_values(admin_client, change_url(show)),
        title="A new name",
        renew_published="on",
    )
    do_all_jobs()
    answer = client.get(former)

    assert (answer.status_code, answer["Location"]) == (302, row(episode).get_enclosure_url())


def test_a_show_saved_without_such_a_change_orders_nothing(admin_client, show, tone):
    a_whole_draft(show, tone)

    send(admin_client, change_url(show), form_values(admin_client, change_url(show)), tagline="Another line")

    assert not OrmQ.objects.exists()


def test_audio_that_was_moved_in_stays_byte_for_byte_as_it_came(admin_client, show):
    make_episode(show, audio_content=b"as it came")

    send(admin_client, change_url(show), form_values(admin_client, change_url(show)), title="New", renew_published="on")

    assert not OrmQ.objects.exists()


def test_one_episode_follows_the_other_so_that_an_upload_is_never_far_back_in_the_queue(show, tone):
    first, second = a_whole_draft(show, tone), a_whole_draft(show, tone)
    type(show).objects.update(title="A new name")

    renew_next(show.pk, 0, False)

    assert tags(first)["TALB"] == "A new name"
    assert tags(second)["TALB"] != "A new name"
    assert OrmQ.objects.count() == 1


def test_a_corrected_summary_leaves_the_published_file_alone(admin_client, show, tone):
    episode = a_whole_draft(show, tone)
    publish(episode)
    do_all_jobs()

    send(admin_client, change_url(episode), form_values(admin_client, change_url(episode)), summary="Corrected.")

    assert not OrmQ.objects.exists()
