import pytest
from django.core import signing

from episodes.preview import PREVIEW_LASTS, PreviewError, episode_id_of, make_token, withdraw_links
from episodes.production import discard, restore, withdraw
from tests.factories import make_draft, make_episode


def test_a_preview_link_opens_its_own_episode(show):
    episode = make_draft(show)

    assert episode_id_of(make_token(episode)) == episode.pk


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "2" + t, lambda t: "", lambda t: "a:b:c", lambda t: "\x00"]
)
def test_a_changed_link_opens_nothing(show, change):
    with pytest.raises(PreviewError, match="not complete"):
        episode_id_of(change(make_token(make_draft(show))))


def test_a_token_signed_for_another_purpose_opens_nothing(show):
    with pytest.raises(PreviewError):
        episode_id_of(signing.dumps(make_draft(show).pk, salt="other"))


def test_an_old_link_says_that_it_is_old(show, monkeypatch):
    token = make_token(make_draft(show))
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + PREVIEW_LASTS.total_seconds() + 1)

    with pytest.raises(PreviewError, match="older than 7 days"):
        episode_id_of(token)


def test_withdrawn_links_open_nothing_and_a_new_one_does(show):
    episode = make_draft(show)
    old = make_token(episode)

    withdraw_links(episode)

    with pytest.raises(PreviewError, match="withdrawn"):
        episode_id_of(old)
    assert episode_id_of(make_token(episode)) == episode.pk


def test_withdrawing_an_episode_closes_its_preview_links_too(show):
    episode = make_episode(show)
    token = make_token(episode)

    withdraw(episode)

    with pytest.raises(PreviewError, match="withdrawn"):
        episode_id_of(token)


def test_a_link_does_not_open_again_when_a_thrown_away_episode_is_restored(show):
    episode = make_draft(show)
    token = make_token(episode)

    discard(episode)
    restore(episode)

    with pytest.raises(PreviewError, match="withdrawn"):
        episode_id_of(token)
    assert episode_id_of(make_token(episode)) == episode.pk
