"""`import_feed` speaks in sentences, and fails with one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from episodes.models import Episode, FeedImport, Show
from tests.publishing.foreign_host import SAMPLES, host, sample


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("import_feed", *arguments, stdout=out)
    return out.getvalue()


def test_a_rehearsal_of_a_file_says_what_would_come_and_changes_nothing(db):
    said = told(str(SAMPLES / "podbean.xml"), "--dry-run")

    assert said.splitlines()[0] == '"JavaScript Air" would be imported as a new show.'
    assert "8 episodes will be created." in said
    assert said.rstrip().endswith("Nothing was changed: this was the rehearsal.")
    assert (Show.objects.count(), FeedImport.objects.count()) == (0, 0)


def test_an_import_by_address_tells_its_progress_and_where_the_show_is(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        old.answers["/feed"] = lambda handler: handler.send(sample("libsyn.xml", old.place))
        said = told(f"http://{old.place}/feed")

    assert '6 of 6: "Episode 128": created.' in said
    assert said.rstrip().endswith("/frank-and-erik-internet-famous/")
    assert Episode.objects.count() == 6


def test_what_is_left_behind_fails_the_command(settings, tmp_path, db):
    with host(settings, tmp_path) as old:
        old.missing.add(".mp3")
        feed = tmp_path / "feed.xml"
        feed.write_bytes(sample("libsyn.xml", old.place))
        with pytest.raises(CommandError, match="6 episodes lack something"):
            told(str(feed))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("/no/such/file.xml", "cannot be read"),
        ("http://127.0.0.1:1/feed", "private network"),
        ("ftp://a.example/feed", "not a web address"),
        (str(SAMPLES / "README.md"), "This is not XML"),
    ],
)
def test_a_source_that_cannot_be_used_is_said(db, source, sentence):
    with pytest.raises(CommandError, match=sentence):
        told(source)


def test_a_locked_feed_fails_in_words(db):
    with pytest.raises(CommandError, match="Nothing can be imported"):
        told(str(SAMPLES / "podcasting20-all-tags.xml"), "--dry-run")
    with pytest.raises(CommandError, match="This feed is locked"):
        told(str(SAMPLES / "podcasting20-all-tags.xml"))

    assert Show.objects.count() == 0
