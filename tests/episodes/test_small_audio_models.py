"""The smaller file of an episode's audio: whole or not there, and never of other sound."""

import pytest
from django.db import IntegrityError, transaction

from episodes.models import Episode, FormerAudio, Show, ShowStamp, SmallAudio
from tests.factories import make_draft, make_episode, make_small_audio

pytestmark = pytest.mark.django_db


def stamps(show):
    row = ShowStamp.objects.get(show=show)
    return row.stamp, row.shown_stamp


@pytest.mark.parametrize(
    "wrong",
    [{"audio_bytes": 0}, {"bitrate_bps": 0}, {"file": ""}, {"mime": ""}, {"title": ""}, {"sha256": "short"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_smaller_file_is_whole(show, wrong):
    small = make_small_audio(make_episode(show))

    with pytest.raises(IntegrityError, match="small_audio_is_whole"), transaction.atomic():
        SmallAudio.objects.filter(pk=small.pk).update(**wrong)


def test_an_episode_has_one(show):
    episode = make_episode(show)
    make_small_audio(episode)

    with pytest.raises(IntegrityError), transaction.atomic():
        SmallAudio(**{f.attname: getattr(episode.small_audio, f.attname) for f in SmallAudio._meta.fields}).save(
            force_insert=True
        )


def test_it_goes_in_the_moment_the_audio_is_replaced_and_its_address_is_remembered(show):
    episode = make_episode(show)
    small = make_small_audio(episode)

    Episode.objects.filter(pk=episode.pk).update(audio_sha256="f" * 64)

    assert not SmallAudio.objects.exists()
    assert set(FormerAudio.objects.values_list("sha256", flat=True)) == {episode.audio_sha256, small.sha256}


def test_the_address_of_a_remade_one_is_remembered(show):
    small = make_small_audio(make_episode(show))

    SmallAudio.objects.update(sha256="e" * 64)

    assert [former.sha256 for former in FormerAudio.objects.all()] == [small.sha256]


def test_a_show_with_smaller_files_can_be_deleted_whole(show):
    make_small_audio(make_episode(show))

    Episode.objects.all().delete()

    assert (SmallAudio.objects.count(), FormerAudio.objects.count()) == (0, 0)


def test_what_only_producers_see_moves_the_stamp_and_not_what_was_shown(show):
    make_episode(show)
    draft = make_draft(show)
    before = stamps(show)

    Episode.objects.filter(pk=draft.pk).update(title="Later")

    after = stamps(show)
    assert (after[0] > before[0], after[1] == before[1]) == (True, True)


def test_what_becomes_visible_and_what_stops_being_visible_moves_both(show):
    episode = make_episode(show)
    seen = [stamps(show)]

    for state in (Episode.State.WITHDRAWN, Episode.State.PUBLIC):
        Episode.objects.filter(pk=episode.pk).update(state=state)
        seen.append(stamps(show))

    assert [shown for _, shown in seen] == sorted({shown for _, shown in seen})


@pytest.mark.parametrize(
    "half", [{"chat_server": "irc.example.org"}, {"chat_protocol": "irc"}, {"chat_space": "#room"}], ids=str
)
def test_a_chat_is_named_whole_or_not_at_all(show, half):
    with pytest.raises(IntegrityError, match="show_chat_has_server_and_protocol"), transaction.atomic():
        Show.objects.update(**half)
