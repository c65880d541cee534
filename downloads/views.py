"""Handing out audio and public pictures."""

import mimetypes
from datetime import UTC
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from downloads.bounded_file import open_part
from downloads.byteranges import Conditions, decide, http_date
from downloads.delivery_notes import PendingNote
from downloads.published import Moved, Unknowable, find
from downloads.remote_audio import signed_url
from episodes.models.fields import private_storage

_FOR_A_YEAR = "public, max-age=31536000, immutable"


class PartResponse(FileResponse):
    """A bounded file for the server's sendfile; its headers are already right, so nothing is guessed from the file."""

    def set_headers(self, filelike):
        pass


def audio(request, show, episode, sha8, ext):
    """An enclosure: content-named, so its bytes never change; replaced audio leads to what is there now."""
    if request.method == "OPTIONS":
        return _allow_players(HttpResponse(status=204))
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS"])
    try:
        found = find(show, episode, sha8, ext)
    except Unknowable:
        return HttpResponse(
            "The site is being repaired. Please try again in a minute.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "30", "Cache-Control": "no-store"},
        )
    if found is None:
        raise Http404
    if isinstance(found, Moved):
        return _moved(request, found.to)
    if settings.AUDIO_DELIVERY == "s3" and request.method == "GET":
        return _elsewhere(found)
    return _send_audio(request, found)


def media(request, path):
    """A public file, such as a cover: its name is its content's, so it may be kept for ever."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    mime = mimetypes.guess_type(path)[0] or ""
    if not mime.startswith("image/") or mime == "image/svg+xml":
        raise Http404
    try:
        file = default_storage.path(path)
        size = default_storage.size(path)
        changed_at = default_storage.get_modified_time(path).astimezone(UTC)
    except NotImplementedError:  # the public files lie in an object store
        return HttpResponseRedirect(default_storage.url(path))
    except (SuspiciousFileOperation, OSError, ValueError):
        raise Http404 from None
    if size == 0:
        raise Http404
    etag = f'"{int(changed_at.timestamp() * 1_000_000):x}-{size:x}"'
    response = _answer(request, file, size, mime, etag, changed_at)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _send_audio(request, one):
    names = one.download_names()
    if settings.AUDIO_DELIVERY == "s3":
        # A signed address is good for GET only, and directories ask with HEAD.
        response = _answer(request, None, one.audio_bytes, one.mime, one.etag, one.changed_at, counted=one)
    elif settings.AUDIO_DELIVERY == "nginx":
        response = HttpResponse(content_type=one.mime)
        response["X-Accel-Redirect"] = f"/private-audio/{quote(one.file)}"
        response["ETag"] = one.etag
        response["Cache-Control"] = _FOR_A_YEAR
    else:
        file = private_storage().path(one.file)
        response = _answer(request, file, one.audio_bytes, one.mime, one.etag, one.changed_at, counted=one)
    response["Content-Disposition"] = _disposition(*names)
    return _allow_players(response)


def _answer(request, file, size, mime, etag, changed_at, counted=None):
    """Answer for a file on disk by RFC 9110, whole or in part; `counted` is the enclosure to write down."""
    answer = decide(request.method, _conditions(request), size, etag, changed_at)
    if counted:
        note = PendingNote(request, counted, answer.status, answer.body.first if answer.body else 0)
    if answer.body is None or request.method == "HEAD":
        response = HttpResponse(status=answer.status)
        if counted:
            note.write(0)
    else:
        try:
            part = open_part(file, answer.body, note.write if counted else None)
        except OSError:
            raise Http404 from None
        response = PartResponse(part, status=answer.status)
    response["Content-Type"] = mime
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at)
    response["Cache-Control"] = _FOR_A_YEAR
    if answer.body:
        response["Content-Length"] = str(answer.body.length)
    if answer.status == 206:
        response["Content-Range"] = f"bytes {answer.body.first}-{answer.body.last}/{size}"
    if answer.status == 416:
        response["Content-Range"] = f"bytes */{size}"
    if answer.status in (412, 416):
        response["Cache-Control"] = "no-store"
    return response


def _moved(request, one):
    """Lead to the present address. Temporary: audio that comes back would else make a circle in clients' memory."""
    address = reverse("downloads:audio", args=[one.show_slug, one.slug, one.sha8, one.extension])
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponse(status=302, headers={"Location": address + (f"?{query}" if query else "")})
    response["Cache-Control"] = "public, max-age=300"
    return _allow_players(response)


def _elsewhere(one):
    """Lead to the object store, whose own log is counted."""
    url, seconds = signed_url(one, _disposition(*one.download_names()))
    response = HttpResponse(status=302, headers={"Location": url})
    response["Cache-Control"] = f"private, max-age={seconds}"
    return _allow_players(response)


def _conditions(request):
    sent = request.headers.get
    return Conditions(
        range=sent("Range"),
        if_range=sent("If-Range"),
        if_match=sent("If-Match"),
        if_none_match=sent("If-None-Match"),
        if_modified_since=sent("If-Modified-Since"),
        if_unmodified_since=sent("If-Unmodified-Since"),
    )


def _disposition(plain, name):
    """Both spellings of the name: old clients read the first, the others the second (RFC 6266)."""
    if plain == name:
        return content_disposition_header(False, name)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _allow_players(response):
    """Web players on other sites may read the audio and what they need to seek in it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Range, If-Range, If-None-Match"
    response["Access-Control-Expose-Headers"] = "Accept-Ranges, Content-Length, Content-Range, ETag"
    response["Access-Control-Max-Age"] = "86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
