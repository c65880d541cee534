"""Drafts of chapters, made of the transcript's paragraphs, for a producer to shorten."""

from episodes.chapters import ChapterMark
from episodes.models import Episode
from transcripts.queries import reading_view, transcript_of

APART_MS = 60_000
LONGEST_TITLE = 60


def draft_chapters(episode: Episode) -> list[ChapterMark]:
    """A chapter at each paragraph that begins a minute or more after the last one; the first begins at 0:00.

    Titles are the paragraphs' first words. [] without a transcript that has times.
    """
    transcript = transcript_of(episode)
    if transcript is None:
        return []
    marks: list[ChapterMark] = []
    for turn in reading_view(transcript).turns:
        for paragraph in turn.paragraphs:
            first = paragraph[0] if paragraph else None
            if first is None or first.start_ms is None:
                continue
            start_ms = first.start_ms if marks else 0
            if not marks or start_ms - marks[-1].start_ms >= APART_MS:
                marks.append(ChapterMark(start_ms, _title(first.text)))
    end = episode.duration_ms
    return [mark for mark in marks if end is None or mark.start_ms < end]


def _title(sentence: str) -> str:
    """The first words, without an end's full stop, as many as fit."""
    words = " ".join(sentence.replace("|", " ").split())
    if len(words) > LONGEST_TITLE:
        words = words[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
    return words.rstrip(".,;: ") or "Chapter"
