"""An export holds everything in open forms, byte for byte, and its pages lead to every part from disk."""

import json
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import CommandError, call_command
from lxml import html

from downloads.models import DailyDownload
from episodes.models import Episode, ShowHost
from publishing.feed.own import own_pages
from publishing.rss.reader import read_feed
from tests.episodes.audio_samples import write_tone
from tests.factories import (
    in_one_hour,
    make_appearance,
    make_chapter,
    make_draft,
    make_episode,
    make_show,
    make_small_audio,
    make_speaker,
)
from transcripts.ingest import ingest_transcript

VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ann>Hello <b>there</b> & welcome.\n"


def a_show(tmp_path):
    show = make_show(slug="the-show", title="The <i>Show</i>")
    audio = write_tone(tmp_path / "a.mp3", seconds=2).read_bytes()
    episode = make_episode(show, slug="one", title="One & <b>only</b>", audio_content=audio, show_notes="*Notes*")
    make_appearance(episode, make_speaker(name="Ann", slug="ann"))
    make_appearance(episode, make_speaker(name="Hidden Person", slug="hidden-person", hidden=True), role="Guest")
    make_chapter(episode, 1000, title="Chapter")
    ingest_transcript(episode, VTT, "a.vtt", language="en")
    DailyDownload.objects.create(
        day=date(2026, 1, 2), episode=episode, app='=HYPERLINK("x")', device="", place="", downloads=3, rules="r"
    )
    make_draft(show, slug="draft", title="A secret draft")
    make_episode(show, slug="tomorrow", published_at=in_one_hour())
    return show, audio


def exported(tmp_path, *arguments: str) -> Path:
    target = tmp_path / "export"
    call_command("export", str(target), *arguments, stdout=StringIO())
    return target


def test_everything_is_there_in_open_forms(tmp_path, db):
    show, audio = a_show(tmp_path)

    target = exported(tmp_path) / "the-show"

    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()) == [
        "audio/one.mp3", "chapters/one.json", "episodes.json", "feed.xml", "index.html", "one.html", "people.json",
        "show.json", "statistics/downloads.csv", "statistics/feed-readers.csv", "statistics/listeners.csv",
        "transcripts/one.en.html", "transcripts/one.en.json", "transcripts/one.en.srt", "transcripts/one.en.txt",
        "transcripts/one.en.vtt", "unpublished/audio/tomorrow.mp3",
    ]  # fmt: skip
    assert (target / "audio/one.mp3").read_bytes() == audio
    assert (target / "feed.xml").read_bytes() == own_pages(show.slug)[0]
    assert [item.guid for item in read_feed((target / "feed.xml").read_bytes()).items] == [
        Episode.objects.get(slug="one").guid
    ]
    records = json.loads((target / "episodes.json").read_text())
    assert {record["guid"] for record in records} == set(Episode.objects.values_list("guid", flat=True))
    assert json.loads((target / "chapters/one.json").read_text())["chapters"][0]["startTime"] == 1


def test_the_smaller_file_lies_beside_the_audio(tmp_path, show):
    make_small_audio(make_episode(show, slug="one"), b"the smaller one")

    target = exported(tmp_path)

    assert (target / show.slug / "audio/one.opus").read_bytes() == b"the smaller one"


def test_the_pages_lead_from_disk_to_every_published_part(tmp_path, db):
    a_show(tmp_path)
    target = exported(tmp_path)
    seen, todo = set(), [target / "index.html"]

    while todo:
        page = todo.pop()
        seen.add(page)
        if page.suffix != ".html" or "transcripts" in page.parts:
            continue
        for _, _, link, _ in html.fromstring(page.read_text(encoding="utf-8")).iterlinks():
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            found = (page.parent / unquote(parts.path)).resolve()
            assert found.is_file(), f"{link} on {page.name} leads nowhere"
            if found not in seen:
                todo.append(found)

    names = {path.relative_to(target).as_posix() for path in seen}
    assert {"the-show/one.html", "the-show/audio/one.mp3", "the-show/transcripts/one.en.vtt", "style.css"} <= names


def test_words_of_others_are_text_on_the_pages(tmp_path, db):
    a_show(tmp_path)

    page = html.fromstring((exported(tmp_path) / "the-show/one.html").read_text(encoding="utf-8"))

    assert page.findtext(".//h1") == "One & <b>only</b>"
    assert "Hello there & welcome." in " ".join(page.text_content().split())
    assert page.xpath("//script | //style | //@onclick") == []


def test_drafts_and_hidden_people_are_not_on_the_pages(tmp_path, db):
    show, _ = a_show(tmp_path)
    ShowHost.objects.create(show=show, speaker=make_speaker(name="Hidden Host", slug="hh", hidden=True))

    target = exported(tmp_path)

    pages = "".join(path.read_text(encoding="utf-8") for path in target.rglob("*.html"))
    assert "secret draft" not in pages
    everything = "".join(
        path.read_text(encoding="utf-8")
        for path in target.rglob("*")
        if path.suffix in (".html", ".json", ".csv", ".vtt")
    )
    assert "Hidden Person" not in everything
    assert "Hidden Host" not in everything


def test_a_spreadsheet_runs_nothing(tmp_path, db):
    a_show(tmp_path)

    lines = (exported(tmp_path) / "the-show/statistics/downloads.csv").read_text().splitlines()

    assert lines[1].split(",")[0] == "2026-01-02"
    assert "'=HYPERLINK" in lines[1]


def test_the_checksums_are_those_sha256sum_takes(tmp_path, db):
    a_show(tmp_path)

    target = exported(tmp_path)

    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=target, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    listed = {line.split("  ", 1)[1] for line in (target / "SHA256SUMS").read_text().splitlines()}
    assert listed == {
        path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()
    } - {"SHA256SUMS"}  # fmt: skip


def test_a_second_export_brings_the_folder_up_to_date(tmp_path, db):
    a_show(tmp_path)
    target = exported(tmp_path)
    stamp = (target / "the-show/audio/one.mp3").stat().st_mtime_ns
    Episode.objects.filter(slug="tomorrow").delete()

    exported(tmp_path)

    assert (target / "the-show/audio/one.mp3").stat().st_mtime_ns == stamp
    assert not (target / "the-show/unpublished").exists()


def test_a_folder_with_other_things_is_not_touched(tmp_path, db):
    make_show()
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "thesis.txt").write_text("mine")

    with pytest.raises(CommandError, match="holds other things"):
        exported(tmp_path)

    assert [path.name for path in (tmp_path / "export").iterdir()] == ["thesis.txt"]


def test_audio_that_changed_on_the_disk_is_not_passed_on_as_sound(tmp_path, db):
    a_show(tmp_path)
    Path(Episode.objects.get(slug="one").audio.path).write_bytes(b"something else")

    with pytest.raises(CommandError, match="its checksum differs"):
        exported(tmp_path)


def test_only_the_shows_asked_for_are_exported(tmp_path, db):
    a_show(tmp_path)
    make_show(slug="other")

    target = exported(tmp_path, "--show", "other")

    assert sorted(path.name for path in target.iterdir() if path.is_dir()) == ["other"]
    with pytest.raises(CommandError, match='There is no show "none"'):
        call_command("export", str(tmp_path / "x"), "--show", "none")
