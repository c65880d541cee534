"""Addresses of audio in an object store, signed for a while and the same for everyone during that while."""

import time
from functools import lru_cache

from downloads.delivery.enclosures import Enclosure
from episodes.models.fields import private_storage

# An address is given out for an hour and works for two hours more, so that a long download can be resumed.
SAME_SECONDS = 3600
VALID_SECONDS = 3 * SAME_SECONDS


def signed_url(one: Enclosure, disposition: str, now: float | None = None) -> tuple[str, int]:
    """The store's address of the audio, and for how many seconds it may be kept."""
    moment = time.time() if now is None else now
    hour, passed = divmod(moment, SAME_SECONDS)
    return _signed(one.file, one.mime, disposition, int(hour)), int(SAME_SECONDS - passed)


@lru_cache(maxsize=2000)
def _signed(file: str, mime: str, disposition: str, hour: int) -> str:
    storage = private_storage()
    return storage.url(  # type: ignore[call-arg]  # the arguments of django-storages' S3Storage
        file,
        parameters={"ResponseContentType": mime, "ResponseContentDisposition": disposition},
        expire=VALID_SECONDS,
    )
