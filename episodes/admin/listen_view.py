"""The audio of a draft, for who works on it: whole or one range, so that the player can jump."""

import re

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from episodes.admin.whole_forms import require
from episodes.models import Episode

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})", re.ASCII)
_MOST_AT_ONCE = 8 << 20


def listen(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Answers a range with at most 8 MB of it: a player asks for the rest when it needs it."""
    require(request.user.has_perm("episodes.view_episode"))
    episode = get_object_or_404(Episode.objects.kept(), pk=episode_id)
    if not episode.audio:
        raise Http404
    try:
        file = episode.audio.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    size, headers = episode.audio.size, {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None:
        return FileResponse(file, content_type=episode.audio_mime, headers=headers)
    start = int(found[1])
    end = min(int(found[2]) if found[2] else size - 1, size - 1, start + _MOST_AT_ONCE - 1)
    with file:
        if start > end:
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        file.seek(start)
        content = file.read(end - start + 1)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return HttpResponse(content, status=206, content_type=episode.audio_mime, headers=headers)
