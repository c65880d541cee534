"""Resumable uploads: the small part of the tus protocol that its client needs."""

import base64
import binascii
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse

from episodes.admin.whole_forms import require
from episodes.audio.id3 import EpisodeTags, read_id3
from episodes.audio.probe import AudioError, AudioInfo, probe_audio
from episodes.chapter_files import chapters_inside
from episodes.chapters import format_lines
from episodes.timecode import format_clock
from episodes.uploads import (
    UploadError,
    append,
    arrived_path,
    begin_upload,
    discard_upload,
    find_upload,
    most_bytes,
    offset_of,
)

_TUS = "1.0.0"
_PIECE = "application/offset+octet-stream"


def begin(request: HttpRequest) -> HttpResponse:
    """POST: announce a file. Source of all answers here: tus.io, resumable upload protocol 1.0.0."""
    _require_producer(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 15):
        return _refused(UploadError("The length of the file is missing.", 400))
    try:
        upload = begin_upload(request.user, int(length), _file_name(request.headers.get("Upload-Metadata", "")))
    except UploadError as error:
        return _refused(error)
    return _answer(201, Location=reverse("admin:episodes_upload_piece", args=[upload.pk]))


def piece(request: HttpRequest, token: UUID) -> HttpResponse:
    """HEAD: how much is there. PATCH: more of it. DELETE: forget it. GET: what the whole file is."""
    _require_producer(request)  # before a byte of the body is read
    try:
        upload = find_upload(request.user, token)
        if request.method == "HEAD":
            return _answer(200, upload_offset=offset_of(upload), upload_length=upload.length_bytes)
        if request.method == "PATCH":
            if request.content_type != _PIECE:
                return _refused(UploadError("This is not a piece of an upload.", 415))
            offset = request.headers.get("Upload-Offset", "")
            if not (offset.isascii() and offset.isdigit() and len(offset) < 15):
                return _refused(UploadError("The piece does not say where it belongs.", 400))
            return _answer(204, upload_offset=append(upload, int(offset), request))
        if request.method == "DELETE":
            discard_upload(upload)
            return _answer(204)
        if request.method == "GET":
            return _describe(upload)
    except UploadError as error:
        return _refused(error)
    return HttpResponseNotAllowed(["HEAD", "PATCH", "DELETE", "GET"])


def _describe(upload) -> HttpResponse:
    """What arrived, in words, and what its tags say, to fill empty fields of the form with."""
    if offset_of(upload) != upload.length_bytes:
        return JsonResponse({"problem": "The file has not arrived whole yet."}, status=409)
    path = arrived_path(upload)
    try:
        info = probe_audio(path, most_bytes())
    except AudioError as error:
        return JsonResponse({"problem": str(error)})
    tags = None
    if info.kind == "mp3":
        with path.open("rb") as file:
            tags = read_id3(file)
    return JsonResponse({"summary": _in_words(info), "found": _found(tags)})


def _in_words(info: AudioInfo) -> str:
    sound = "mono" if info.channels == 1 else "stereo"
    return (
        f"{info.kind.upper()}, {format_clock(info.duration_ms)} long, {info.audio_bytes / 1e6:.1f} MB, "
        f"{info.bitrate_bps // 1000} kbit/s {sound}"
    )


def _found(tags: EpisodeTags | None) -> dict[str, str]:
    if tags is None:
        return {}
    values = {
        "title": tags.title,
        "number": str(tags.number or ""),
        "summary": tags.comment,
        "chapters_text": format_lines(chapters_inside(tags)),
    }
    return {name: value for name, value in values.items() if value}


def _file_name(metadata: str) -> str:
    """The file's own name from tus metadata ("filename <base64>,…"); only ever shown, never used as a path."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")[:255]
            except (binascii.Error, ValueError):
                return ""
    return ""


def _require_producer(request: HttpRequest) -> None:
    require(request.user.has_perm("episodes.change_episode") or request.user.has_perm("episodes.add_episode"))


def _answer(status: int, upload_offset: int | None = None, upload_length: int | None = None, **headers: str):
    response = HttpResponse(status=status, headers=headers)
    response["Tus-Resumable"] = _TUS
    response["Cache-Control"] = "no-store"
    if upload_offset is not None:
        response["Upload-Offset"] = str(upload_offset)
    if upload_length is not None:
        response["Upload-Length"] = str(upload_length)
    return response


def _refused(error: UploadError) -> HttpResponse:
    response = HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = _TUS
    response["Cache-Control"] = "no-store"
    return response
