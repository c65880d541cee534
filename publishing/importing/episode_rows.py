"""One item of a foreign feed, made an episode of ours in one transaction."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from episodes.artwork import ArtworkError
from episodes.audio.id3 import read_id3
from episodes.audio.probe import AudioError
from episodes.chapter_files import chapters_inside, read_chapters
from episodes.chapters import ChapterError, ChapterMark, tidy
from episodes.filing import FilingError
from episodes.identity import propose_slug
from episodes.models import Appearance, Episode, Season, Show, Soundbite
from episodes.production import attach_artwork, attach_audio, replace_chapters
from episodes.timecode import TimecodeError, parse_time
from publishing.importing.fetching import Fetcher, FileOnDisk
from publishing.importing.show_rows import add_photo, drop_invalid, place_fields, speaker_of
from publishing.importing.wording import language_of, role_of, texts_of, title_of
from publishing.outgoing import OutgoingError
from publishing.rss.feed_shapes import FeedItem, FeedShow, FeedTranscript
from transcripts.document import TranscriptError
from transcripts.ingest import ingest_transcript
from transcripts.models import Transcript

# What a column of whole numbers holds; feeds say what they like.
LARGEST_NUMBER = 2_000_000_000
_TRANSCRIPT_PREFERENCE = ("text/vtt", "application/json", "application/x-subrip", "application/srt", "text/srt",
                          "text/html", "text/plain")  # fmt: skip


@dataclass
class Fetched:
    """What an item points to, in hand before its transaction begins; `notes` say what could not be had."""

    audio: FileOnDisk | None = None
    cover: bytes = b""
    chapters: list[ChapterMark] = field(default_factory=list)
    transcripts: list[tuple[FeedTranscript, bytes]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacks_something: bool = False


def import_item(show: Show, feed: FeedShow, item: FeedItem, fetcher: Fetcher) -> tuple[Episode, list[str], bool]:
    """The item's episode, sentences on what was not taken over, and whether another try could bring more.

    An episode that is here already keeps everything a producer may have changed: only what is missing is added. All
    of it is stored in one transaction; files are fetched before.
    """
    with ExitStack() as stack:
        episode = Episode.objects.filter(show=show, guid=item.identity).first()
        fetched = _fetch(episode, feed, item, fetcher, stack)
        with transaction.atomic():
            if episode is None:
                episode = _create(show, item, fetched.notes)
            _add_audio(episode, item, fetched)
            _add_parts(episode, item, fetched)
    for person in item.persons:
        fetched.notes += add_photo(person, fetcher)
    return episode, fetched.notes, fetched.lacks_something or not episode.audio


def _fetch(episode: Episode | None, feed: FeedShow, item: FeedItem, fetcher: Fetcher, stack: ExitStack) -> Fetched:
    got = Fetched()
    if item.enclosure is None:
        got.notes.append("The item has no audio in the feed.")
    elif episode is None or not episode.audio:
        try:
            got.audio = stack.enter_context(fetcher.audio(item.enclosure.url))
        except (OutgoingError, FilingError) as error:
            got.notes.append(f"The audio was not taken over: {error}")
            got.lacks_something = True
    if item.image_url and item.image_url != feed.image_url and (episode is None or not episode.artwork):
        try:
            got.cover = fetcher.picture(item.image_url)
        except OutgoingError as error:
            got.notes.append(f"The episode's cover was not taken over: {error}")
            got.lacks_something = True
    if episode is None or not episode.chapters.exists():
        got.chapters = _chapters(item, fetcher, got)
        if not got.chapters and got.audio is not None:
            got.chapters = _chapters_inside(got.audio)
    present = set() if episode is None else set(Transcript.objects.filter(episode=episode).values_list("language"))
    for wanted in _best_transcripts(item, feed.language):
        if (_language(wanted, feed.language),) in present:
            continue
        try:
            got.transcripts.append((wanted, fetcher.text(wanted.url)))
        except OutgoingError as error:
            got.notes.append(f"A transcript was not taken over: {error}")
            got.lacks_something = True
    return got


def _create(show: Show, item: FeedItem, notes: list[str]) -> Episode:
    summary, show_notes = texts_of(item.description_html, item.content_html, item.summary)
    title = title_of(item.title, summary)
    season = None
    if item.season_number and item.season_number <= LARGEST_NUMBER:
        season, _ = Season.objects.get_or_create(
            show=show, number=item.season_number, defaults={"name": item.season_name[:128]}
        )
    social = next((link for link in item.social if link.url), None)
    episode = Episode(
        show=show,
        season=season,
        number=item.number if item.number is not None and item.number <= LARGEST_NUMBER else None,
        display_number=item.display_number[:32],
        kind=item.kind if item.kind in Episode.Kind.values else Episode.Kind.FULL,
        title=title,
        slug=propose_slug(title, set(show.episodes.values_list("slug", flat=True)), fallback="episode", longest=80),
        guid=item.identity,
        guid_is_permalink=item.guid_is_permalink and item.guid.startswith(("http://", "https://")),
        summary=summary,
        show_notes=show_notes,
        published_at=item.published_at,
        explicit=show.explicit if item.explicit is None else item.explicit,
        licence=item.licence[:128],
        licence_url=item.licence_url,
        social_uri=social.url[:500] if social else "",
        social_protocol=social.label if social else "",
        artwork_alt=item.image_alt[:500],
        **place_fields(item.place),
    )
    notes += drop_invalid(
        episode,
        ("licence_url", "social_protocol", "location_geo", "location_osm", "location_country"),
    )  # fmt: skip
    episode.save()
    for position, person in enumerate(item.persons):
        role = role_of(person.role, person.group)
        if role is None:
            notes.append(f'"{person.role}" of {person.name} is not in the list of roles; "Guest" stands in.')
        Appearance.objects.get_or_create(
            episode=episode, speaker=speaker_of(person), role=role or "Guest", defaults={"position": position}
        )
    Soundbite.objects.bulk_create(
        Soundbite(episode=episode, start_ms=bite.start_ms, duration_ms=bite.duration_ms, title=bite.title[:128])
        for bite in item.soundbites
    )
    return episode


def _add_audio(episode: Episode, item: FeedItem, fetched: Fetched) -> None:
    """The audio, and with it the state the episode had at the old host. An episode with audio is left as it is."""
    if fetched.audio is None:
        return
    try:
        attach_audio(episode, fetched.audio)
    except (AudioError, FilingError) as error:
        fetched.notes.append(f"The audio was not taken over: {error}")
        return
    if item.blocked:
        fetched.notes.append("The old feed hides this episode (itunes:block), so it is a draft here.")
    elif episode.published_at is None:
        fetched.notes.append(f'Its date "{item.published_text[:60]}" cannot be read, so it is a draft here.')
    elif episode.state == Episode.State.DRAFT and episode.deleted_at is None:
        # Not the step publish(): what a listener heard yesterday does not wait for advice on its loudness.
        episode.state = Episode.State.PUBLIC
        episode.save(update_fields=["state", "changed_at"])
        if episode.published_at > timezone.now():
            fetched.notes.append("Its date lies ahead: it is scheduled here too.")


def _add_parts(episode: Episode, item: FeedItem, fetched: Fetched) -> None:
    if fetched.cover:
        try:
            attach_artwork(episode, ContentFile(fetched.cover, "cover"))
        except (ArtworkError, FilingError) as error:
            fetched.notes.append(f"The episode's cover was not taken over: {error}")
    if fetched.chapters:
        marks = fetched.chapters
        if episode.duration_ms:
            marks = [mark for mark in marks if mark.start_ms < episode.duration_ms]
            if len(marks) < len(fetched.chapters):
                fetched.notes.append(f"{len(fetched.chapters) - len(marks)} chapters begin after the end of the audio.")
        replace_chapters(episode, marks)
    for wanted, content in fetched.transcripts:
        try:
            with transaction.atomic():
                ingest_transcript(
                    episode,
                    content,
                    wanted.url.split("?")[0].rsplit("/", 1)[-1],
                    language=_language(wanted, episode.show.language),
                )
        except (TranscriptError, FilingError) as error:
            fetched.notes.append(f"A transcript was not taken over: {error}")
            fetched.lacks_something = fetched.lacks_something or isinstance(error, FilingError)


def _chapters(item: FeedItem, fetcher: Fetcher, got: Fetched) -> list[ChapterMark]:
    if item.chapters_url:
        try:
            return read_chapters(fetcher.text(item.chapters_url))
        except (OutgoingError, ChapterError) as error:
            got.notes.append(f"The chapters were not taken over: {error}")
            got.lacks_something = got.lacks_something or isinstance(error, OutgoingError)
    marks: list[ChapterMark] = []
    for chapter in item.chapters:
        with suppress(TimecodeError):
            marks.append(ChapterMark(parse_time(chapter.start), chapter.title, chapter.href))
    return tidy(marks)


def _chapters_inside(audio: FileOnDisk) -> list[ChapterMark]:
    """What the producer's editor wrote into the MP3, where the feed names no chapters."""
    with Path(audio.temporary_file_path()).open("rb") as file:
        return chapters_inside(read_id3(file))


def _best_transcripts(item: FeedItem, show_language: str) -> list[FeedTranscript]:
    """One for each language: timed and named before untimed."""

    def rank(offered: FeedTranscript) -> int:
        known = _TRANSCRIPT_PREFERENCE.index(offered.mime) if offered.mime in _TRANSCRIPT_PREFERENCE else 99
        return known

    best: dict[str, FeedTranscript] = {}
    for offered in sorted(item.transcripts, key=rank):
        best.setdefault(_language(offered, show_language), offered)
    return list(best.values())


def _language(offered: FeedTranscript, show_language: str) -> str:
    return (language_of(offered.language) or language_of(show_language) or "en").lower()
