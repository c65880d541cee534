"""Signed, expiring links that show an unpublished episode to whoever holds them."""

from datetime import timedelta

from django.core import signing

from episodes.models import Episode

PREVIEW_LASTS = timedelta(days=7)
_SALT = "episodes.preview"


class PreviewError(ValueError):
    """The link shows nothing (any more); the message says why."""


def make_token(episode: Episode) -> str:
    """A token for one episode, valid for PREVIEW_LASTS from now; nothing is stored."""
    return signing.dumps(episode.pk, salt=_SALT)


def episode_id_of(token: str) -> int:
    """The episode a token opens. Raises PreviewError when it is forged, damaged or too old."""
    try:
        return int(signing.loads(token, salt=_SALT, max_age=PREVIEW_LASTS))
    except signing.SignatureExpired as error:
        days = PREVIEW_LASTS.days
        raise PreviewError(f"This preview link is older than {days} days. Ask the team for a new one.") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PreviewError("This preview link is not complete. Copy it again, to its last letter.") from error
