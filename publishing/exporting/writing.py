"""Write everything a show is into a folder: feed, audio, pictures, words, people, numbers, and pages to read it all."""

from collections.abc import Callable
from pathlib import Path

from django.core.files.storage import Storage, default_storage
from django.utils import timezone
from django.utils.safestring import mark_safe

from episodes.chapters import chapters_json
from episodes.models import Episode, Show, SmallAudio, Speaker
from episodes.models.fields import private_storage
from episodes.production import chapter_marks
from episodes.shownotes import to_html
from publishing.exporting import pages, records, statistics
from publishing.exporting.folder import MARK, ExportError, Folder
from publishing.feed.own import own_pages
from transcripts.models import Transcript
from transcripts.outputs import write
from transcripts.queries import TIMED_FORMATS, UNTIMED_FORMATS, reading_view

Tell = Callable[[str], None]


def export(target: Path, shows: list[Show], tell: Tell) -> Folder:
    """Fill the folder with these shows, each in a folder of its own, and an index.html to begin at.

    Run again into the same folder, it brings it up to date; audio that is there already is not copied again. People
    whose consent is withdrawn are left out. Raises ExportError.
    """
    folder = Folder(target)
    for show in shows:
        _export_show(folder, show, tell)
    folder.write("style.css", pages.stylesheet())
    folder.write_text("index.html", pages.front(shows))
    folder.write_text(MARK, pages.about(shows, timezone.now()))
    folder.finish()
    return folder


def _export_show(folder: Folder, show: Show, tell: Tell) -> None:
    base = show.slug
    episodes = list(show.episodes.kept().select_related("season", "show").order_by("-published_at", "-id"))
    published = [episode for episode in episodes if episode.is_published]
    people = list(
        Speaker.objects.shown()
        .filter(pk__in=[*_people_of(episodes), *show.hosts.values_list("speaker_id", flat=True)])
        .order_by("name")
    )
    for number, page in enumerate(own_pages(show.slug), start=1):
        folder.write(f"{base}/feed.xml" if number == 1 else f"{base}/feed-{number}.xml", page)
    folder.write_json(f"{base}/show.json", records.show_record(show))
    folder.write_json(f"{base}/episodes.json", [records.episode_record(episode) for episode in episodes])
    folder.write_json(f"{base}/people.json", [records.speaker_record(person) for person in people])
    cover = _copy(folder, f"{base}/artwork/cover", default_storage, show.artwork.name)
    for person in people:
        _copy(folder, f"{base}/people/{person.slug}", default_storage, person.photo.name)
    folder.write_text(f"{base}/statistics/downloads.csv", statistics.downloads_csv(show))
    folder.write_text(f"{base}/statistics/listeners.csv", statistics.listeners_csv(show))
    folder.write_text(f"{base}/statistics/feed-readers.csv", statistics.feed_readers_csv(show))
    for episode in episodes:
        _export_episode(folder, episode, tell)
    folder.write_text(
        f"{base}/index.html",
        pages.show_page(show, published, people, cover.removeprefix(f"{base}/"), mark_safe(to_html(show.description))),
    )


def _export_episode(folder: Folder, episode: Episode, tell: Tell) -> None:
    """A published episode lies in the show's folders, any other one in a folder "unpublished" beside them."""
    base = episode.show.slug if episode.is_published else f"{episode.show.slug}/unpublished"
    audio = ""
    if episode.audio.name:
        audio = f"audio/{episode.slug}.{episode.audio_extension}"
        try:
            with private_storage().open(episode.audio.name) as file:
                folder.copy(f"{base}/{audio}", file, episode.audio_sha256)
        except FileNotFoundError as error:
            raise ExportError(
                f'The audio of "{episode.title}" is not in the storage. Upload it again, or take a backup.'
            ) from error
    for small in SmallAudio.objects.filter(episode=episode):
        _copy(folder, f"{base}/audio/{episode.slug}", private_storage(), small.file.name)
    _copy(folder, f"{base}/artwork/{episode.slug}", default_storage, episode.artwork.name)
    if marks := chapter_marks(episode):
        folder.write_json(
            f"{base}/chapters/{episode.slug}.json", chapters_json(marks, episode.title, episode.show.title)
        )
    views = []
    for transcript in Transcript.objects.filter(episode=episode).order_by("id"):
        view = reading_view(transcript)
        views.append(view)
        for ending in TIMED_FORMATS if view.has_times else UNTIMED_FORMATS:
            name = f"{base}/transcripts/{episode.slug}.{transcript.language}.{ending}"
            folder.write(name, write(transcript, ending))
    if episode.is_published:
        notes = mark_safe(to_html(episode.show_notes))
        folder.write_text(f"{base}/{episode.slug}.html", pages.episode_page(episode, audio, views, notes))
    tell(f"{folder.bytes_written / 1e6:.0f} MB: {episode.title}")


def _copy(folder: Folder, stem: str, storage: Storage, name: str | None) -> str:
    """Copy a stored file under a readable name; the name it got, or "" when there is none."""
    if not name:
        return ""
    target = f"{stem}.{name.rpartition('.')[2]}"
    try:
        with storage.open(name) as file:
            folder.copy(target, file)
    except FileNotFoundError:
        return ""
    return target


def _people_of(episodes: list[Episode]) -> list[int]:
    return list(
        Speaker.objects.filter(appearances__episode__in=[episode.pk for episode in episodes]).values_list(
            "pk", flat=True
        )
    )
