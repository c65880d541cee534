"""The site's look at itself, through a real web server: silent when all is well, in words when an app would stumble."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from coproduction_site import self_check
from episodes.models import Episode, Show
from tests.downloads.running import gunicorn
from tests.episodes.audio_samples import write_tone
from tests.factories import make_episode, make_show


@pytest.fixture
def running_site(transactional_db, tmp_path, settings):
    """A site with one episode, served by gunicorn."""
    show = make_show(slug="the-show")
    make_episode(show, title="The episode", audio_content=write_tone(tmp_path / "a.mp3", seconds=2).read_bytes())
    with gunicorn(tmp_path) as port:
        settings.SITE_URL = f"http://127.0.0.1:{port}"
        yield show


def test_what_an_app_would_stumble_over_is_found(running_site, tmp_path):
    short = Episode.objects.get()
    with open(short.audio.path, "r+b") as file:
        file.truncate(100)
    gone = make_episode(running_site, title="Gone", published_at=timezone.now() - timedelta(minutes=1))
    gone.audio.storage.delete(gone.audio.name)
    Show.objects.update(artwork="artwork/none.jpg", artwork_mime="image/jpeg", artwork_width_px=1400)

    faults = self_check.find_faults()

    assert faults[0].startswith('The audio of "Gone" answers 404')
    assert faults[1] == "The cover of the-show answers 404 instead of 200."
    assert sorted(faults[2:]) == [
        f'The audio file of "Gone" (episode {gone.pk}) is not in the storage.',
        f'The audio file of "The episode" (episode {short.pk}) has 100 bytes instead of {short.audio_bytes}.',
    ]


def test_a_site_that_does_not_answer_is_said(db, settings):
    make_episode(make_show(slug="the-show"))
    settings.SITE_URL = "http://127.0.0.1:1"

    faults = self_check.find_faults()

    assert "the-show" in faults[0]
    assert "could not be asked" in faults[0]


def test_mail_goes_out_when_something_changes_and_only_then(db, settings, monkeypatch):
    settings.ADMINS = [("", "volunteer@example.org")]
    found: list[str] = ["The feed is gone."]
    monkeypatch.setattr(self_check, "find_faults", lambda: list(found))

    self_check.check_and_tell()
    self_check.check_and_tell()
    found.clear()
    self_check.check_and_tell()
    self_check.check_and_tell()

    assert [message.subject for message in mail.outbox] == [
        "[Podcast site] 1 faults found",
        "[Podcast site] All is well again",
    ]
    assert "- The feed is gone." in mail.outbox[0].body


def test_the_command_fails_with_what_it_found(db, settings, monkeypatch):
    make_episode(make_show(slug="the-show"))
    settings.SITE_URL = "http://127.0.0.1:1"
    out = StringIO()

    with pytest.raises(CommandError, match="1 faults found"):
        call_command("self_check", stdout=out)

    assert "could not be asked" in out.getvalue()


def test_the_command_says_that_all_is_well(running_site, settings):
    out = StringIO()

    call_command("self_check", stdout=out)

    assert out.getvalue() == f"All is well at {settings.SITE_URL}.\n"
