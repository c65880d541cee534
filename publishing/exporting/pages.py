"""The pages of an exported show: plain HTML that browses from disk, without a server and without scripts."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from episodes.models import Episode, Show, Speaker
from episodes.timecode import format_clock
from publishing.exporting.folder import relative
from transcripts.queries import TranscriptView


def stylesheet() -> bytes:
    return (Path(__file__).parent / "style.css").read_bytes()


def front(shows: list[Show]) -> str:
    return render_to_string("publishing/export/front.html", {"shows": shows})


def show_page(show: Show, episodes: list[Episode], people: list[Speaker], cover: str, about: SafeString) -> str:
    """`cover` is the picture's path beside the page, "" without one."""
    return render_to_string(
        "publishing/export/show.html",
        {
            "show": show,
            "about": about,
            "cover": relative(cover),
            "people": people,
            "episodes": [(episode, relative(f"{episode.slug}.html"), _length(episode)) for episode in episodes],
        },
    )


def episode_page(episode: Episode, audio: str, views: list[TranscriptView], notes: SafeString) -> str:
    """`audio` is its path beside the page."""
    return render_to_string(
        "publishing/export/episode.html",
        {
            "episode": episode,
            "show": episode.show,
            "audio": relative(audio),
            "length": _length(episode),
            "notes": notes,
            "people": episode.appearances.filter(speaker__hidden=False).select_related("speaker"),
            "chapters": [
                (format_clock(chapter.start_ms), chapter.title, chapter.link, chapter.start_ms // 1000)
                for chapter in episode.chapters.filter(listed=True)
            ],
            "transcripts": [
                (
                    view,
                    [
                        (
                            turn,
                            "" if turn.start_ms is None else format_clock(turn.start_ms),
                            (turn.start_ms or 0) // 1000,
                        )
                        for turn in view.turns
                    ],
                    [
                        (ending, relative(f"transcripts/{episode.slug}.{view.language}.{ending}"))
                        for ending in view.formats
                    ],
                )
                for view in views
            ],
        },
    )


def about(shows: list[Show], made_at: datetime) -> str:
    titles = "\n".join(f"- {show.title}: {show.slug}/" for show in shows)
    return f"""\
Everything of these shows, in open forms. Made {made_at:%Y-%m-%d %H:%M} UTC from {settings.SITE_URL}.

{titles}

Open index.html in a browser to read and hear. In each show's folder:

feed.xml             the podcast feed as apps get it (feed-2.xml … = further pages)
audio/               the audio files, byte for byte as they were published (.opus: the smaller files)
transcripts/         each transcript as WebVTT, SubRip, Podcasting 2.0 JSON, HTML and text
chapters/            Podcasting 2.0 JSON chapters
artwork/, people/    covers and portraits
show.json, episodes.json, people.json    every field, GUIDs and dates included
statistics/          downloads, listeners and feed readers by day, as CSV
unpublished/         drafts, scheduled and withdrawn episodes

SHA256SUMS lists every file: check with "sha256sum -c SHA256SUMS".
To move to another host: give it the feed's address, or feed.xml and the files. GUIDs and dates must stay as they are,
and the show's setting "moved to" must name the new feed's address.
"""


def _length(episode: Episode) -> str:
    return format_clock(episode.duration_ms) if episode.duration_ms else ""
