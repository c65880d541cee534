"""The answer to a request for a published episode's audio: status, headers, and the open part of the file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from downloads.counting.delivery_notes import PendingNote
from downloads.delivery.bounded_file import BoundedFile, open_part
from downloads.delivery.byteranges import Conditions, decide, http_date
from downloads.delivery.disposition import disposition
from downloads.delivery.enclosures import Enclosure
from episodes.models.fields import private_storage

FOR_A_YEAR = "public, max-age=31536000, immutable"
# Web players on other sites may read the audio and what they need to seek in it.
FOR_PLAYERS_ELSEWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True)
class FileAnswer:
    """A file's answer by RFC 9110. `part` is open and becomes the caller's to send and close; None: no body."""

    status: int
    headers: dict[str, str]
    part: BoundedFile | None


def answer_audio(method: str, meta: Mapping[str, str], one: Enclosure, *, body: bool = True) -> FileAnswer:
    """Answer GET or HEAD for an enclosure, and write down what is delivered.

    `meta`: the request's headers as WSGI spells them. `body` False: tell of the file without opening it. Raises OSError
    when the file is not there.
    """
    file = private_storage().path(one.file) if body else ""
    fixed = _fixed_headers(one.mime, one.title, one.slug, one.extension)
    note = PendingNote(method, meta, one)
    return answer_file(method, meta, file, one.audio_bytes, one.etag, one.changed_at, fixed, note)


def answer_file(
    method: str,
    meta: Mapping[str, str],
    file: str,
    size: int,
    etag: str,
    changed_at: datetime,
    fixed: Mapping[str, str],
    note: PendingNote | None = None,
) -> FileAnswer:
    """Answer GET or HEAD for a file of this size by the conditions and range in `meta`, with the `fixed` headers.

    Raises OSError when the file is not there.
    """
    answer = decide(method, _conditions(meta), size, etag, changed_at)
    headers = {**fixed, "Accept-Ranges": "bytes", "ETag": etag, "Last-Modified": _last_modified(changed_at)}
    if answer.body:
        headers["Content-Length"] = str(answer.body.length)
    if answer.status == 206 and answer.body:
        headers["Content-Range"] = f"bytes {answer.body.first}-{answer.body.last}/{size}"
    elif answer.status == 416:
        headers["Content-Range"] = f"bytes */{size}"
    if answer.status in (412, 416):
        headers["Cache-Control"] = "no-store"
    if note:
        note.begin(answer.status, answer.body.first if answer.body else 0)
    if method == "HEAD" and file:
        os.stat(file)  # HEAD promises what GET would give: a file that is gone is gone for both
    if answer.body is None or method == "HEAD" or not file:
        if note:
            note.write(0)
        return FileAnswer(answer.status, headers, None)
    return FileAnswer(answer.status, headers, open_part(file, answer.body, note.write if note else None))


@lru_cache(maxsize=4096)
def _fixed_headers(mime: str, title: str, slug: str, extension: str) -> dict[str, str]:
    return {
        "Content-Type": mime,
        "Cache-Control": FOR_A_YEAR,
        "Content-Disposition": disposition(title, slug, extension),
        **FOR_PLAYERS_ELSEWHERE,
    }


_last_modified = lru_cache(maxsize=4096)(http_date)


def _conditions(meta: Mapping[str, str]) -> Conditions:
    return Conditions(
        range=meta.get("HTTP_RANGE"),
        if_range=meta.get("HTTP_IF_RANGE"),
        if_match=meta.get("HTTP_IF_MATCH"),
        if_none_match=meta.get("HTTP_IF_NONE_MATCH"),
        if_modified_since=meta.get("HTTP_IF_MODIFIED_SINCE"),
        if_unmodified_since=meta.get("HTTP_IF_UNMODIFIED_SINCE"),
    )
