"""Rules of the data, tried at the database."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from episodes.models import Episode, FormerAudio, FormerEpisodeSlug, FormerShowSlug, Show, ShowStamp
from tests.factories import (
    an_hour_ago,
    in_one_hour,
    make_appearance,
    make_chapter,
    make_draft,
    make_episode,
    make_show,
    make_speaker,
    make_topic,
)


def stamp(show: Show) -> int:
    return ShowStamp.objects.get(show=show).stamp


def test_listeners_see_public_episodes_whose_hour_has_come(show):
    live = make_episode(show)
    make_draft(show, published_at=an_hour_ago())
    make_episode(show, published_at=in_one_hour())
    make_episode(show, state="withdrawn")
    make_episode(show, deleted_at=timezone.now())

    assert list(Episode.objects.published()) == [live]


def test_the_row_and_the_queryset_agree_on_what_is_published(show):
    make_draft(show)
    make_episode(show)
    make_episode(show, published_at=in_one_hour())
    make_episode(show, state="withdrawn")
    make_episode(show, deleted_at=timezone.now())

    by_row = {episode for episode in Episode.objects.all() if episode.is_published}

    assert by_row == set(Episode.objects.published())


@pytest.mark.parametrize(
    "missing",
    [
        {"published_at": None},
        {"audio_bytes": None},
        {"audio_bytes": 0},
        {"audio": ""},
        {"audio_mime": ""},
        {"audio_sha256": ""},
        {"duration_ms": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_the_database_refuses_a_public_episode_without_date_or_audio(show, missing):
    episode = make_episode(show)

    with pytest.raises(IntegrityError, match="episode_public_has_date_and_audio"), transaction.atomic():
        Episode.objects.filter(pk=episode.pk).update(**missing)


def test_the_guid_of_an_episode_cannot_be_changed_through_the_model(show):
    episode = make_episode(show)
    episode.guid = "another"

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        episode.save()


def test_the_guid_of_an_episode_cannot_be_changed_by_a_queryset(show):
    episode = make_episode(show, guid="kept")

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Episode.objects.filter(pk=episode.pk).update(guid="another")

    episode.refresh_from_db()
    assert episode.guid == "kept"


def test_the_podcast_guid_of_a_show_cannot_be_changed_by_a_queryset(show):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Show.objects.filter(pk=show.pk).update(podcast_guid="9b024349-ccf0-5f69-a609-6b82873eab3c")


def test_two_episodes_cannot_share_a_guid_even_in_two_shows(show):
    make_draft(show, guid="one")

    with pytest.raises(IntegrityError, match="episode_guid_unique"), transaction.atomic():
        make_draft(make_show(), guid="one")


def test_an_address_is_used_once_in_a_show_and_again_in_another(show):
    make_draft(show, slug="hello")
    make_draft(make_show(), slug="hello")

    with pytest.raises(IntegrityError, match="episode_slug_once_in_show"), transaction.atomic():
        make_draft(show, slug="hello")


@pytest.mark.parametrize("slug", ["feed", "embed", "episodes", "about", "follow"])
def test_words_the_site_needs_are_refused_as_an_episodes_address(show, slug):
    with pytest.raises(IntegrityError, match="episode_slug_not_reserved"), transaction.atomic():
        make_draft(show, slug=slug)


@pytest.mark.parametrize("slug", ["admin", "search", "speakers", "audio", "static", "media"])
def test_words_the_site_needs_are_refused_as_a_shows_address(db, slug):
    with pytest.raises(IntegrityError, match="show_slug_not_reserved"), transaction.atomic():
        make_show(slug=slug)


def test_a_reserved_address_is_refused_with_a_sentence(show):
    episode = Episode(show=show, title="Feed", slug="feed")

    with pytest.raises(ValidationError, match="The site needs this word"):
        episode.full_clean()


def test_former_addresses_are_kept_whoever_changes_them(show):
    episode = make_episode(show, slug="old")

    Episode.objects.filter(pk=episode.pk).update(slug="new")
    Show.objects.filter(pk=show.pk).update(slug="new-show")

    assert FormerEpisodeSlug.objects.get(show=show, slug="old").episode == episode
    assert FormerShowSlug.objects.get(slug=show.slug).show == show


def test_the_former_enclosure_is_remembered_when_audio_is_replaced(show):
    episode = make_episode(show)
    former_sha256 = episode.audio_sha256

    Episode.objects.filter(pk=episode.pk).update(audio_sha256="f" * 64)

    assert FormerAudio.objects.get(episode=episode).sha256 == former_sha256


@pytest.mark.parametrize(
    "change",
    [
        lambda show, episode: Show.objects.filter(pk=show.pk).update(tagline="New"),
        lambda show, episode: Episode.objects.filter(pk=episode.pk).update(title="New"),
        lambda show, episode: make_chapter(episode),
        lambda show, episode: episode.topics.add(make_topic()),
        lambda show, episode: make_appearance(episode),
        lambda show, episode: episode.delete(),
    ],
    ids=["show", "episode", "chapter", "topic", "appearance", "deletion"],
)
def test_the_stamp_grows_with_every_change_the_feed_shows(show, change):
    episode = make_episode(show)
    before = stamp(show)

    change(show, episode)

    assert stamp(show) > before


def test_hiding_a_speaker_stamps_every_show_they_appear_in(show):
    other = make_show()
    speaker = make_speaker()
    make_appearance(make_episode(show), speaker)
    make_appearance(make_episode(other), speaker)
    before = stamp(show), stamp(other)

    speaker.hidden = True
    speaker.save()

    assert stamp(show) > before[0]
    assert stamp(other) > before[1]


def test_the_stamp_is_the_time_of_the_change_in_microseconds(show):
    now = timezone.now()

    assert abs(stamp(show) / 1_000_000 - now.timestamp()) < timedelta(minutes=1).total_seconds()


def test_the_stamp_grows_even_when_the_clock_went_back(show):
    far_ahead = stamp(show) + 10**12
    ShowStamp.objects.filter(show=show).update(stamp=far_ahead)

    Show.objects.filter(pk=show.pk).update(tagline="New")

    assert stamp(show) == far_ahead + 1


def test_a_deleted_show_leaves_no_stamp(show):
    pk = show.pk

    show.delete()

    assert not ShowStamp.objects.filter(show_id=pk).exists()


def test_characters_that_xml_cannot_hold_are_dropped_on_save_and_on_update(show):
    episode = make_draft(show, title="A\x00B\x0b\ud800C", summary="x\ufffe\r\ny")
    Episode.objects.filter(pk=episode.pk).update(show_notes="\x1bbold")

    episode.refresh_from_db()

    assert (episode.title, episode.summary, episode.show_notes) == ("ABC", "x\ny", "bold")


def test_the_migrations_make_what_the_models_say(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_ground_floors_migrations_can_be_taken_back(db):
    from django.db.migrations.executor import MigrationExecutor

    plan = MigrationExecutor(connection).loader.get_migration_by_prefix("episodes", "0002")

    assert all(operation.reversible for operation in plan.operations)


def test_an_episode_is_out_from_the_very_moment_of_its_date(show, monkeypatch):
    moment = timezone.now() + timedelta(days=3)
    episode = make_episode(show, published_at=moment)
    seen = []

    for microseconds in (-1, 0):
        now = moment + timedelta(microseconds=microseconds)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        seen.append((episode.is_published, Episode.objects.published().exists(), Episode.objects.scheduled().exists()))

    assert seen == [(False, False, True), (True, True, False)]
