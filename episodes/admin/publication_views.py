"""The desk's pages for going public and coming back: publish, withdraw, preview."""

from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from episodes import production
from episodes.admin.whole_forms import may_change, require
from episodes.forms.publish_form import PublishForm
from episodes.models import AudioWork, Episode
from episodes.preview import PREVIEW_LASTS, make_token, withdraw_links
from episodes.readiness import is_ready, readiness, summarise


def publish(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Choose the moment, see what it means, and do it; asked again at the last instant whether all is there."""
    episode = _episode(episode_id)
    require(request.user.has_perm("episodes.publish_episode"))
    form = PublishForm(request.POST or None, time_zone=episode.show.time_zone)
    if request.method == "POST" and form.is_valid():
        try:
            production.publish(episode, form.cleaned_data["moment"])
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            _log(request, episode, "Published" if episode.is_published else "Scheduled")
            messages.success(request, _announced(episode))
            return _back(episode)
    checks = readiness(episode)
    context = {
        "form": form,
        "checks": checks,
        "work": AudioWork.objects.filter(episode=episode).exclude(state=AudioWork.State.DONE).first(),
        "is_ready": is_ready(checks),
        "summary": summarise(checks),
        "zone": episode.show.time_zone,
        "returning": episode.state == Episode.State.WITHDRAWN and episode.published_at,
    }
    return _page(request, episode, "publish.html", "Publish", context)


def withdraw(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Close a live or scheduled episode, after saying what apps will do."""
    episode = _episode(episode_id)
    require(request.user.has_perm("episodes.publish_episode"))
    if request.method == "POST":
        try:
            production.withdraw(episode)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            _log(request, episode, "Withdrawn")
            messages.success(request, f"“{episode}” is closed everywhere. Its GUID and address are kept.")
        return _back(episode)
    return _page(request, episode, "withdraw.html", "Withdraw", {"was_live": episode.is_published})


def preview(request: HttpRequest, episode_id: int) -> HttpResponse:
    """A link that shows the episode as listeners will see it, to whoever gets the link; all of them can be closed."""
    episode = _episode(episode_id)
    require(request.user.has_perm("episodes.view_episode"))
    if request.method == "POST":
        require(may_change(request.user, episode))
        withdraw_links(episode)
        _log(request, episode, "Withdrew all preview links.")
        messages.success(request, "The links given out so far show nothing any more.")
        return HttpResponseRedirect(request.path)
    link = request.build_absolute_uri(reverse("publishing:preview", args=[make_token(episode)]))
    return _page(request, episode, "preview.html", "Preview", {"link": link, "days": PREVIEW_LASTS.days})


def _episode(episode_id: int) -> Episode:
    return get_object_or_404(Episode.objects.kept().select_related("show"), pk=episode_id)


def _page(request: HttpRequest, episode: Episode, template: str, title: str, context: dict) -> HttpResponse:
    own = {"title": f"{title}: {episode.title}", "episode": episode, "opts": Episode._meta}
    return render(request, f"admin/episodes/episode/{template}", {**admin.site.each_context(request), **own, **context})


def _back(episode: Episode) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[episode.pk]))


def _log(request: HttpRequest, episode: Episode, message: str) -> None:
    model_admin = admin.site.get_model_admin(Episode)
    model_admin.log_change(request, episode, message)


def _announced(episode: Episode) -> str:
    if episode.is_published:
        return f"“{episode}” is live. Apps fetch the feed within minutes to hours."
    local = episode.published_at.astimezone(ZoneInfo(episode.show.time_zone))
    return f"“{episode}” opens by itself on {local:%A, %d %B %Y at %H:%M} ({episode.show.time_zone})."
