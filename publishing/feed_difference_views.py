"""What apps will do when an episode is saved, told of its form as it stands."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from episodes.models import Episode, Upload
from publishing.feed.difference import what_apps_will_do

# What of an episode's form the feed shows, as the form names it.
_FORM_FIELDS = ("title", "slug", "summary", "show_notes", "number", "display_number", "kind", "season")


def feed_difference(request: HttpRequest, episode_id: int) -> HttpResponse:
    """POST of an episode's form as it stands, answered by what apps will do when it is saved: {"sentences": […]}."""
    if not request.user.has_perm("episodes.view_episode"):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    before = get_object_or_404(Episode.objects.kept().select_related("show"), pk=episode_id)
    after = Episode.objects.select_related("show").get(pk=episode_id)
    for name in _FORM_FIELDS:
        if name in request.POST:
            _fill(after, name, request.POST[name])
    if "title" in request.POST:  # a box without its tick is not sent
        after.explicit = "explicit" in request.POST
    sentences = what_apps_will_do(before, after, new_audio_bytes=_new_audio_bytes(request))
    return JsonResponse({"sentences": sentences})


def _new_audio_bytes(request: HttpRequest) -> int | None:
    """The size of the chosen file, or of the one that came up before and is only named; None without one.

    0: a file is named that has gone again, which the form will say.
    """
    typed = request.POST.get("new_audio_bytes", "")
    if _is_number(typed):
        return int(typed)
    token = request.POST.get("audio_token", "")
    if not token:
        return None
    try:
        upload = Upload.objects.filter(pk=UUID(token), owner_id=request.user.pk).first()
    except ValueError:
        return 0
    return upload.length_bytes if upload else 0


def _fill(episode: Episode, name: str, typed: str) -> None:
    """Set a field to what was typed; what cannot be read is the form's to refuse, and changes nothing here."""
    if name not in ("number", "season"):
        setattr(episode, name, typed.replace("\r\n", "\n").strip())
    elif not typed:
        setattr(episode, name, None)
    elif _is_number(typed):
        setattr(episode, "season_id" if name == "season" else name, int(typed))


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 16
