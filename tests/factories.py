"""Plain functions that make the smallest valid thing; a test states only what it is about."""

import hashlib
import itertools
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from episodes.models import Appearance, Chapter, Episode, Season, Show, SmallAudio, Speaker, Topic

_serial = itertools.count(1)


def in_one_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


def an_hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def make_show(**over) -> Show:
    n = next(_serial)
    fields = {
        "title": f"Show {n}",
        "slug": f"show-{n}",
        "description": "About something.",
        "author": "A team",
        "owner_name": "A team",
        "owner_email": "team@example.org",
        "category": "Health & Fitness > Medicine",
    }
    return Show.objects.create(**{**fields, **over})


def make_season(show: Show, **over) -> Season:
    return Season.objects.create(**{"show": show, "number": next(_serial), **over})


def make_draft(show: Show, **over) -> Episode:
    """An episode with a title and nothing more."""
    n = next(_serial)
    return Episode.objects.create(**{"show": show, "title": f"Episode {n}", "slug": f"episode-{n}", **over})


def make_episode(show: Show, *, audio_content: bytes | None = None, **over) -> Episode:
    """A published episode. `audio_content` becomes a stored file; its bytes need not be audio."""
    n = next(_serial)
    content = audio_content if audio_content is not None else f"audio {n}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    fields = {
        "show": show,
        "title": f"Episode {n}",
        "slug": f"episode-{n}",
        "summary": "What it is about.",
        "state": Episode.State.PUBLIC,
        "published_at": an_hour_ago(),
        "audio_bytes": len(content),
        "audio_mime": "audio/mpeg",
        "audio_sha256": sha256,
        "audio_changed_at": an_hour_ago(),
        "duration_ms": 600_000,
        "bitrate_bps": 64_000,
        "channels": 1,
        "sample_rate_hz": 44_100,
    }
    fields.update(over)
    episode = Episode(**fields)
    if not episode.audio:
        episode.audio.save(f"{sha256}.mp3", ContentFile(content), save=False)
    episode.save()
    return episode


def make_speaker(**over) -> Speaker:
    n = next(_serial)
    return Speaker.objects.create(**{"name": f"Speaker {n}", "slug": f"speaker-{n}", **over})


def make_appearance(episode: Episode, speaker: Speaker | None = None, **over) -> Appearance:
    return Appearance.objects.create(
        **{"episode": episode, "speaker": speaker or make_speaker(), "role": "Host", **over}
    )


def make_chapter(episode: Episode, start_ms: int = 0, **over) -> Chapter:
    return Chapter.objects.create(
        **{"episode": episode, "start_ms": start_ms, "title": f"Chapter at {start_ms}", **over}
    )


def make_topic(**over) -> Topic:
    n = next(_serial)
    return Topic.objects.create(**{"name": f"Topic {n}", "slug": f"topic-{n}", **over})


def make_small_audio(episode: Episode, content: bytes | None = None, **over) -> SmallAudio:
    """The smaller file of the episode's audio; its bytes need not be audio."""
    content = content if content is not None else f"small {next(_serial)}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    fields = {
        "mime": "audio/ogg",
        "codecs": "opus",
        "bitrate_bps": 24_000,
        "audio_bytes": len(content),
        "sha256": sha256,
        "title": "Smaller file",
        "made_from": episode.audio_sha256,
    }
    small = SmallAudio(episode=episode, **{**fields, **over})
    small.file.save(f"{sha256}.opus", ContentFile(content), save=False)
    small.save()
    return small
