"""Handing out audio and public pictures."""

import mimetypes
import os
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from downloads.delivery.audio_answer import FOR_A_YEAR, FOR_PLAYERS_ELSEWHERE, answer_audio, answer_file
from downloads.delivery.disposition import disposition
from downloads.delivery.public_copies import local_copy
from downloads.delivery.published import Moved, Unknowable, find
from downloads.delivery.remote_audio import signed_url


class PartResponse(FileResponse):
    """A bounded file for the server's sendfile; its headers are already right, so nothing is guessed from the file."""

    def set_headers(self, filelike):
        pass


def audio(request, show, episode, sha8, ext):
    """An enclosure: content-named, so its bytes never change; replaced audio leads to what is there now."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=FOR_PLAYERS_ELSEWHERE)
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
    if settings.AUDIO_DELIVERY == "s3":
        return _elsewhere(request, found)
    if settings.AUDIO_DELIVERY == "nginx":
        return _by_nginx(found)
    return _send(lambda: answer_audio(request.method, request.META, found))


def media(request, path):
    """A public file, such as a cover: its name is its content's, so it may be kept for ever."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    mime = mimetypes.guess_type(path)[0] or ""
    if not mime.startswith("image/") or mime == "image/svg+xml":
        raise Http404
    try:
        try:
            file = default_storage.path(path)
        except NotImplementedError:  # the public files lie in an object store
            file = str(local_copy(path))
        size = os.path.getsize(file)
        changed_at = datetime.fromtimestamp(os.path.getmtime(file), UTC)
    except (SuspiciousFileOperation, OSError, ValueError):
        raise Http404 from None
    if size == 0:
        raise Http404
    etag = f'"{int(changed_at.timestamp() * 1_000_000):x}-{size:x}"'
    fixed = {
        "Content-Type": mime,
        "Cache-Control": FOR_A_YEAR,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return _send(lambda: answer_file(request.method, request.META, file, size, etag, changed_at, fixed))


def _send(ask):
    """Turn a file's answer into Django's; a file that is gone is a 404."""
    try:
        answer = ask()
    except OSError:
        raise Http404 from None
    if answer.part is None:
        return HttpResponse(status=answer.status, headers=answer.headers)
    return PartResponse(answer.part, status=answer.status, headers=answer.headers)


def _by_nginx(one):
    """Let nginx send the file; it answers conditions and ranges itself, and its log is counted."""
    return HttpResponse(
        headers={
            "Content-Type": one.mime,
            "X-Accel-Redirect": f"/private-audio/{quote(one.file)}",
            "Cache-Control": FOR_A_YEAR,
            "Content-Disposition": disposition(one.title, one.slug, one.extension),
            **FOR_PLAYERS_ELSEWHERE,
        }
    )


def _moved(request, one):
    """Lead to the present address. Temporary: audio that comes back would else make a circle in clients' memory."""
    address = reverse("downloads:audio", args=[one.show_slug, one.slug, one.sha8, one.extension])
    query = request.META.get("QUERY_STRING", "")
    return HttpResponse(
        status=302,
        headers={
            "Location": address + (f"?{query}" if query else ""),
            "Cache-Control": "public, max-age=300",
            **FOR_PLAYERS_ELSEWHERE,
        },
    )


def _elsewhere(request, one):
    """Lead to the object store, whose own log is counted; HEAD is answered here, a signed address is good for GET."""
    if request.method == "HEAD":
        return _send(lambda: answer_audio(request.method, request.META, one, body=False))
    url, seconds = signed_url(one, disposition(one.title, one.slug, one.extension))
    return HttpResponse(
        status=302,
        headers={"Location": url, "Cache-Control": f"private, max-age={seconds}", **FOR_PLAYERS_ELSEWHERE},
    )
