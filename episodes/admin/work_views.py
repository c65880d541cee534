"""How far the work on an episode's audio is, and ordering it anew."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from episodes.admin.whole_forms import may_change, require
from episodes.audio_orders import order_work
from episodes.chapters import format_lines
from episodes.desk import proposed_chapters
from episodes.models import AudioWork, Episode


def work(request: HttpRequest, episode_id: int) -> HttpResponse:
    """The state of the work as JSON, for the progress bar."""
    require(request.user.has_perm("episodes.view_episode"))
    episode = get_object_or_404(Episode.objects.kept(), pk=episode_id)
    row = AudioWork.objects.filter(episode=episode).first()
    if row is None:
        return JsonResponse({"state": "none", "words": "", "percent": 0, "going_on": False})
    words = row.problem or row.step or row.get_state_display()
    answer = {"state": row.state, "words": words, "percent": row.percent, "going_on": row.is_going_on}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def process(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Order the work again after a failure: asked first, since it may replace the public file."""
    episode = get_object_or_404(Episode.objects.kept().select_related("show"), pk=episode_id)
    require(may_change(request.user, episode))
    if request.method != "POST":
        context = {"episode": episode, "title": f"Process the audio again: {episode.title}"}
        return render(request, "admin/episodes/episode/process.html", {**admin.site.each_context(request), **context})
    order_work(episode)
    messages.success(
        request, "The audio is being worked on again. Its present file stays until the new one is complete."
    )
    return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[episode.pk]))


def propose(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Drafts of chapters as lines to take over: JSON for the form's button, a page to copy from without scripts."""
    require(request.user.has_perm("episodes.view_episode"))
    episode = get_object_or_404(Episode.objects.kept().select_related("show"), pk=episode_id)
    lines = format_lines(proposed_chapters(episode))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"lines": lines})
    context = {"episode": episode, "title": f"Chapters proposed: {episode.title}", "lines": lines}
    return render(request, "admin/episodes/episode/propose.html", {**admin.site.each_context(request), **context})
