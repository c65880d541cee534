"""Files in an S3-compatible store, behind the same doors as files on disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

# A store that does not answer is told to the producer soon, not after minutes.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20, 2
_IN_MEMORY_BYTES = 8_000_000

Answer = TypeVar("Answer")


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """A store that fails is, to all who keep files, a disk that fails: they catch OSError."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
            raise FileNotFoundError(2, "not in the object store") from error
        raise OSError(5, "the object store refused") from error
    except (BotoCoreError, Boto3Error, RetriesExceededError) as error:
        raise OSError(5, "the object store does not answer") from error


def _guarded(method: Callable[..., Answer]) -> Callable[..., Answer]:
    @wraps(method)
    def guarded(*args: Any, **kwargs: Any) -> Answer:
        with _as_os_errors():
            return method(*args, **kwargs)

    return guarded


class PrivateObjectStorage(S3Storage):
    """Audio and files as received: nobody but this site, and whoever it gives a signed address, can read them.

    Bucket, address and region come from the settings; keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as boto3
    reads them.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "max_memory_size": _IN_MEMORY_BYTES,
        }

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        super().__init__(
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": style},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                # Stores other than Amazon's do not all know the newer checksums; media_sync compares bytes instead.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **options,
        )

    _save = _guarded(S3Storage._save)

    @_guarded
    def _open(self, name: str, mode: str = "rb") -> File:
        """With all of its bytes at hand: a store that breaks off while it gives them is told as one that is away."""
        opened: File = S3Storage._open(self, name, mode)
        try:
            return opened.open() if "r" in mode else opened
        except BaseException:
            opened.close()
            raise

    delete = _guarded(S3Storage.delete)
    exists = _guarded(S3Storage.exists)
    listdir = _guarded(S3Storage.listdir)
    size = _guarded(S3Storage.size)
    get_modified_time = _guarded(S3Storage.get_modified_time)


class PublicObjectStorage(PrivateObjectStorage):
    """Covers and portraits. Their addresses stay ours (/media/…): a page asks no other host for anything."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return settings.MEDIA_URL + quote(name)


def storage_at(place: str, area: str) -> Storage:
    """The storage of an area ("public", "private") on "disk" or in "s3", whichever of the two the site uses now."""
    if place == "disk":
        return FileSystemStorage(location=settings.MEDIA_ROOT if area == "public" else settings.PRIVATE_MEDIA_ROOT)
    bucket = settings.S3_PUBLIC_BUCKET if area == "public" else settings.S3_BUCKET
    kind = PublicObjectStorage if area == "public" else PrivateObjectStorage
    return kind(bucket_name=bucket, endpoint_url=settings.S3_ENDPOINT_URL or None, region_name=settings.S3_REGION)
