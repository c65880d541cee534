"""A show, its episodes and its people as plain values for JSON: everything a producer ever typed."""

from datetime import datetime
from typing import Any

from django.db import models

from episodes.chapters import chapters_json
from episodes.models import Episode, Show, Speaker
from episodes.production import chapter_marks

# How the site keeps things, not what they are.
_OURS = {"id", "version", "created_at", "changed_at", "deleted_at", "artwork_renditions", "photo_renditions", "hidden",
         "preview_serial", "image_renditions",
         "consent_on", "consent_note", "original_audio"}  # fmt: skip


def show_record(show: Show) -> dict[str, Any]:
    return {
        **_fields(show),
        "seasons": [{"number": season.number, "name": season.name} for season in show.seasons.all()],
        "hosts": [
            {"name": host.speaker.name, "role": host.role}
            for host in show.hosts.filter(speaker__hidden=False).select_related("speaker")
        ],
        "funding": [_fields(link, "show", "position") for link in show.funding_links.all()],
        "follow": [_fields(link, "show", "position") for link in show.follow_links.all()],
        "recommended": [_fields(other, "show", "position") for other in show.recommended_shows.all()],
        "texts": [_fields(text, "show") for text in show.verification_texts.all()],
        "former_addresses": list(show.former_slugs.values_list("slug", flat=True)),
    }


def episode_record(episode: Episode) -> dict[str, Any]:
    return {
        **_fields(episode, "show", "season"),
        "season": episode.season.number if episode.season else None,
        "topics": [topic.name for topic in episode.topics.all()],
        "people": [
            {"name": who.speaker.name, "role": who.role, "affiliation": who.affiliation}
            for who in episode.appearances.filter(speaker__hidden=False).select_related("speaker")
        ],
        "links": [{"title": link.title, "url": link.url} for link in episode.links.all()],
        "soundbites": [_fields(bite, "episode") for bite in episode.soundbites.all()],
        "chapters": chapters_json(chapter_marks(episode))["chapters"],
        "former_addresses": list(episode.former_slugs.values_list("slug", flat=True)),
    }


def speaker_record(speaker: Speaker) -> dict[str, Any]:
    return {**_fields(speaker), "links": [{"label": link.label, "url": link.url} for link in speaker.links.all()]}


def _fields(row: models.Model, *without: str) -> dict[str, Any]:
    """The row's own values; moments in ISO 8601 with zone."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in _OURS or field.name in without:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif not isinstance(value, str | int | float | bool | list | dict | None):
            value = str(value)
        found[field.name] = value
    return found
