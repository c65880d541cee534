"""Commands for the words."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_episode, make_show
from transcripts.ingest import ingest_transcript
from transcripts.models import EpisodeSearch, Segment, SpokenWord, Transcript
from transcripts.search.query import search
from transcripts.search.results import SearchQuery

SAMPLES = Path(__file__).parent.parent / "samples"


def run(capsys, *arguments):
    call_command(*arguments)
    return capsys.readouterr().out


def test_a_file_is_read_and_told_without_storing_anything(db, capsys):
    said = run(capsys, "read_transcript", str(SAMPLES / "transcripts" / "e00-otter.txt"))

    assert "Title:     E00-Paul-on-Coproduction\n" in said
    assert "Length:    11:38\n" in said
    assert "Sentences: 75, 1 of them with a time\n" in said
    assert "    0:05    Hi, I'm Paul Batalden.\n" in said
    assert "… and 72 more sentences" in said
    assert Transcript.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"A B  0:75\nx\n", "Line 1"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_an_error_with_a_sentence(tmp_path, content, words):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        call_command("read_transcript", str(path))


def test_times_are_made_on_the_spot(show, capsys):
    episode = make_episode(
        show, audio_content=(SAMPLES / "speech" / "jfk.mp3").read_bytes(), duration_ms=11_000, slug="talk"
    )
    ingest_transcript(episode, b"And so, my fellow Americans. Ask not what your country can do for you.\n")

    assert "would get times" in run(capsys, "align", "talk", "--dry-run")
    assert Segment.objects.filter(status="ok").count() == 0

    assert "2 of 2 sentences were heard" in run(capsys, "align", f"{show.slug}/talk")
    assert "up to date" in run(capsys, "align", str(episode.pk))
    assert "2 of 2 sentences were heard" in run(capsys, "align", "talk", "--again")


def test_times_that_cannot_be_made_end_the_command_with_an_error(show):
    ingest_transcript(make_episode(show, audio_content=b"no audio", slug="talk"), b"Words.\n")

    with pytest.raises(CommandError, match="could not be made"):
        call_command("align", "talk")


def test_an_episode_that_is_unknown_or_ambiguous_is_an_error(show):
    with pytest.raises(CommandError, match="has a transcript"):
        call_command("align", "nothing")

    for one in (show, make_show()):
        ingest_transcript(make_episode(one, slug="talk"), b"Words.\n")
    with pytest.raises(CommandError, match="Several shows"):
        call_command("align", "talk")


def test_the_index_is_built_anew_after_it_was_lost(show, capsys):
    ingest_transcript(make_episode(show), b"Unmistakable words.\n")
    EpisodeSearch.objects.all().delete()
    assert search(SearchQuery("unmistakable")).total == 0

    said = run(capsys, "reindex")

    assert said == "1 episodes and 2 words can be searched.\n"
    assert search(SearchQuery("unmistakable")).total == 1
    assert set(SpokenWord.objects.values_list("word", flat=True)) == {"unmistakable", "words"}
