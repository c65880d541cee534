"""Doors for who holds a preview link: the real page of an episode nobody else can see, with its sound."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.urls import reverse

from downloads.delivery.audio_answer import answer_file
from downloads.delivery.bounded_file import BoundedFile
from downloads.delivery.byteranges import ByteRange
from episodes.models import Episode
from episodes.preview import PreviewEndedError, PreviewError, episode_id_of
from publishing.pages import rows as page_rows
from publishing.pages.frame import read_frame
from publishing.views.answering import page, patient
from publishing.views.pages import episode_context

_FOR_NOBODY_ELSE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@patient
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Never stored anywhere, never indexed; the transcript's files stay closed until the episode is public."""
    try:
        found = page_rows.previewed_episode(episode_id_of(token))
    except PreviewError as error:
        # The only 410 of the site. A withdrawn episode is 404 like a name nobody ever used: that it was here, and was
        # taken back, is nobody's business; this link we signed ourselves, so its holder learns nothing new.
        status = 410 if isinstance(error, PreviewEndedError) else 404
        response = page(read_frame(), "publishing/preview_ended.html", {"sentence": str(error)}, status=status)
    else:
        if found is None:
            sentence = "This episode is no longer here. Ask the team."
            response = page(read_frame(), "publishing/preview_ended.html", {"sentence": sentence}, status=410)
        else:
            frame, template, context = episode_context(found, is_preview=True)
            sound = reverse("publishing:preview_sound", args=[token, found.audio_extension]) if found.audio else ""
            response = page(frame, template, {**context, "sound_url": sound})
    for name, value in _FOR_NOBODY_ELSE.items():
        response[name] = value
    return response


@patient
def preview_sound(request: HttpRequest, token: str, extension: str) -> HttpResponse | StreamingHttpResponse:
    """The sound of that page, whole or by ranges, for as long as the link lives; it counts as no download."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        episode = Episode.objects.kept().filter(pk=episode_id_of(token)).exclude(audio="").first()
    except PreviewError as error:
        raise Http404 from error
    if episode is None or episode.audio_extension != extension:
        raise Http404
    try:
        return _answer(request, episode)
    except OSError as error:
        raise Http404 from error


def _answer(request: HttpRequest, episode: Episode) -> HttpResponse | StreamingHttpResponse:
    try:
        path = episode.audio.path
    except NotImplementedError:  # in an object store
        path = ""
    headers = {**_FOR_NOBODY_ELSE, "Content-Type": episode.audio_mime, "Content-Disposition": "inline"}
    etag, changed_at = f'"{episode.audio_sha256}"', episode.audio_changed_at or episode.changed_at
    size = episode.audio_bytes or 0
    answer = answer_file(request.method or "", request.META, path, size, etag, changed_at, headers)
    part = answer.part
    if not path and request.method == "GET" and answer.status in (200, 206):
        first = int(answer.headers["Content-Range"].removeprefix("bytes ").split("-")[0]) if answer.status == 206 else 0
        last = first + int(answer.headers["Content-Length"]) - 1
        part = BoundedFile(episode.audio.open("rb"), ByteRange(first, last))
    if part is None:
        return HttpResponse(status=answer.status, headers=answer.headers)
    return StreamingHttpResponse(_pieces(part), status=answer.status, headers=answer.headers)


def _pieces(part: BoundedFile) -> Iterator[bytes]:
    try:
        while piece := part.read(1 << 16):
            yield piece
    finally:
        part.close()
