"""What podcast apps will do when a published episode is saved, said before it is saved."""

from datetime import datetime

from django.utils import timezone

from episodes.models import Episode
from episodes.timecode import format_clock

_READ_AGAIN = "title", "summary", "show_notes", "explicit", "season_id", "number", "display_number", "kind"
_NAMES = {
    "title": "title",
    "summary": "summary",
    "show_notes": "show notes",
    "explicit": "mark for explicit words",
    "season_id": "season",
    "number": "number",
    "display_number": "number as shown",
    "kind": "kind",
}


def what_apps_will_do(before: Episode, after: Episode, *, new_audio_bytes: int | None = None) -> list[str]:
    """Sentences for a producer, the weightiest first; empty when the episode is not in the feed or nothing shows.

    `before` is as stored, `after` as it would be saved. `new_audio_bytes`: size of audio that would replace it,
    0 when unknown.
    """
    if not before.is_published:
        return []
    said = [*_identity(before, after), *_audio(before, after, new_audio_bytes), *_leaving(after)]
    said += [*_date(before.published_at, after.published_at), *_address(before, after), *_texts(before, after)]
    return said


def _identity(before: Episode, after: Episode) -> list[str]:
    if before.guid == after.guid:
        return []
    return ["The GUID cannot change: apps would take it for a new episode. It stays as it is."]


def _audio(before: Episode, after: Episode, new_audio_bytes: int | None) -> list[str]:
    if new_audio_bytes is None and before.audio_sha256 == after.audio_sha256:
        return []
    size = (after.audio_bytes or 0) if new_audio_bytes is None else new_audio_bytes
    megabytes = f" ({size / 1_000_000:.0f} MB)" if size >= 1_000_000 else ""
    said = [
        f"The audio changes{megabytes}: apps that have not fetched the episode get the new file. Of those that have, "
        "some fetch it again, and some (Apple Podcasts among them) keep the old one until it is deleted there."
    ]
    if new_audio_bytes is None and before.duration_ms and after.duration_ms:
        moved_ms = after.duration_ms - before.duration_ms
        if abs(moved_ms) > 1000:
            said.append(
                f"It lasts {format_clock(after.duration_ms)} instead of {format_clock(before.duration_ms)}: "
                "times of chapters and words have to be looked at."
            )
    return said


def _leaving(after: Episode) -> list[str]:
    if after.is_published:
        return []
    return [
        "The episode leaves the feed: apps take it off their lists within hours, but what was downloaded stays there."
    ]


def _date(before: datetime | None, after: datetime | None) -> list[str]:
    if before == after or after is None or after > timezone.now():
        return []
    return [
        f"The date becomes {after:%-d %B %Y}: apps move the episode to another place in the list. "
        "None of them tells subscribers again."
    ]


def _address(before: Episode, after: Episode) -> list[str]:
    if before.slug == after.slug:
        return []
    return [
        "The address changes: links to the old page and the old audio lead to the new ones. "
        "The GUID stays, so no app takes it for a new episode."
    ]


def _texts(before: Episode, after: Episode) -> list[str]:
    changed = [_NAMES[name] for name in _READ_AGAIN if getattr(before, name) != getattr(after, name)]
    if not changed:
        return []
    listed = changed[0] if len(changed) == 1 else f"{', '.join(changed[:-1])} and {changed[-1]}"
    return [f"Apps take over the {listed} within minutes to a day. YouTube keeps what it has read once."]
