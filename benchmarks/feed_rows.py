"""Rows for measuring feeds: shows of any length with notes, people, words and chapters in every episode."""

import hashlib
from datetime import timedelta

from django.utils import timezone

NOTES = "\n\n".join(
    f"## Part {part}\n\nWe speak about **coproduction** of health and care with [people](https://example.org/{part}) "
    "who have lived it, and about what it asks of those who serve, of those who are served, and of the system.\n\n"
    f"- a point that was made\n- another, at https://example.org/references/{part}"
    for part in range(5)
)


def fill(slug: str, episodes: int, *, sentences: int = 40, topics: int = 0, **over) -> int:
    """A show of that many published episodes, each with 1.5 kB of notes, two people, a transcript, five chapters.

    Each has two of the show's `topics`, if there are any.
    """
    from episodes.models import Appearance, Chapter, Episode, Speaker, Topic
    from tests.factories import make_show
    from transcripts.models import Segment, Transcript

    show = make_show(slug=slug, **over)
    people = [
        Speaker.objects.create(name=f"Person {number} of {slug}", slug=f"{slug}-person-{number}") for number in (1, 2)
    ]
    now = timezone.now()
    rows = Episode.objects.bulk_create(
        Episode(
            show=show,
            title=f"Episode {number} on coproduction",
            slug=f"episode-{number}",
            number=number,
            summary=f"What episode {number} is about, in two or three sentences. It goes on for a little while, as "
            "such texts do, and then it ends.",
            show_notes=NOTES + f"\n\nThis was episode {number}.",
            state="public",
            published_at=now - timedelta(days=episodes - number + 1),
            audio=f"audio/{number}.mp3",
            audio_bytes=24_000_000 + number,
            audio_mime="audio/mpeg",
            audio_sha256=hashlib.sha256(f"{slug} {number}".encode()).hexdigest(),
            audio_changed_at=now,
            duration_ms=1_800_000,
            bitrate_bps=96_000,
        )
        for number in range(1, episodes + 1)
    )
    Appearance.objects.bulk_create(
        Appearance(episode=row, speaker=person, role=role)
        for row in rows
        for person, role in zip(people, ("Host", "Guest"), strict=True)
    )
    Chapter.objects.bulk_create(
        Chapter(episode=row, start_ms=number * 300_000, title=f"Chapter {number + 1}")
        for row in rows
        for number in range(5)
    )
    transcripts = Transcript.objects.bulk_create(Transcript(episode=row, language="en") for row in rows)
    Segment.objects.bulk_create(
        Segment(transcript=one, position=number, text="A sentence.", start_ms=number * 1000, status="ok")
        for one in transcripts
        for number in range(sentences)
    )
    if topics:
        spoken_of = [
            Topic.objects.create(name=f"Topic {number} of {slug}", slug=f"{slug}-topic-{number}")
            for number in range(topics)
        ]
        through = Episode.topics.through
        through.objects.bulk_create(
            through(episode_id=row.pk, topic_id=spoken_of[(place + step) % topics].pk)
            for place, row in enumerate(rows)
            for step in (0, 1)
        )
    return show.pk
