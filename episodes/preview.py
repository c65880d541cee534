"""Signed, expiring links that show an unpublished episode to whoever holds them."""

from datetime import timedelta

from django.core import signing
from django.db.models import F

from episodes.models import Episode

PREVIEW_LASTS = timedelta(days=7)
_SALT = "episodes.preview"


class PreviewError(ValueError):
    """The link shows nothing (any more); the message says why."""


class PreviewEndedError(PreviewError):
    """A link of ours that showed something once: who holds it may be told that it is over."""


def make_token(episode: Episode) -> str:
    """A token for one episode, valid for PREVIEW_LASTS from now or until its links are withdrawn."""
    return signing.dumps([episode.pk, episode.preview_serial], salt=_SALT)


def episode_id_of(token: str) -> int:
    """The episode a token opens.

    Raises PreviewError when it is forged or damaged, PreviewEndedError when it is too old or was withdrawn.
    """
    try:
        episode_id, serial = signing.loads(token, salt=_SALT, max_age=PREVIEW_LASTS)
    except signing.SignatureExpired as error:
        days = PREVIEW_LASTS.days
        raise PreviewEndedError(f"This preview link is older than {days} days. Ask the team for a new one.") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PreviewError("This preview link is not complete. Copy it again, to its last letter.") from error
    if not Episode.objects.kept().filter(pk=episode_id, preview_serial=serial).exists():
        raise PreviewEndedError("This preview link was withdrawn. Ask the team for a new one.")
    return int(episode_id)


def withdraw_links(episode: Episode) -> None:
    """Close every preview link of the episode that was given out so far, its sound included."""
    Episode.objects.filter(pk=episode.pk).update(preview_serial=F("preview_serial") + 1)
    episode.refresh_from_db(fields=["preview_serial"])
