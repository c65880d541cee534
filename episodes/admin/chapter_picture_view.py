"""Pictures of an episode's chapters: a page of its own, because the chapters themselves are lines of text."""

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from episodes.admin.whole_forms import UPLOAD_ERRORS, may_change, require
from episodes.audio_orders import renew_tags
from episodes.desk import LAST_FIELD
from episodes.forms.chapter_pictures import ChapterPictureForm, picture_forms
from episodes.models import Episode
from episodes.production import attach_chapter_picture, bump_version, detach_chapter_picture


def pictures(request: HttpRequest, episode_id: int) -> HttpResponse:
    """Choose, describe and take away pictures. A form seen before somebody else's change is not saved over it."""
    episode = get_object_or_404(Episode.objects.kept().select_related("show"), pk=episode_id)
    require(may_change(request.user, episode))
    problem = ""
    data = request.POST if request.method == "POST" else None
    forms = picture_forms(list(episode.chapters.order_by("start_ms")), data, request.FILES or None)
    if request.method == "POST":
        try:
            if problem := _save(request, episode, forms):
                forms = picture_forms(list(episode.chapters.order_by("start_ms")), sent=request.POST)
        except UPLOAD_ERRORS as error:
            problem = f"{error} Nothing of this form was saved."
        if not problem and not any(form.errors for form in forms):
            messages.success(request, "The pictures are saved.")
            return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[episode.pk]))
    context = {
        **admin.site.each_context(request),
        "episode": episode,
        "title": f"Pictures of chapters: {episode.title}",
        "forms": forms,
        "problem": problem,
        "last_field": LAST_FIELD,
    }
    return render(request, "admin/episodes/episode/pictures.html", context)


@transaction.atomic
def _save(request: HttpRequest, episode: Episode, forms: list[ChapterPictureForm]) -> str:
    """A sentence when nothing was saved for a reason of the whole form; empty otherwise."""
    locked = Episode.objects.select_for_update().get(pk=episode.pk)
    if LAST_FIELD not in request.POST:
        return "The connection broke before the whole form had arrived, so nothing was saved. Send it again."
    if request.POST.get("version") != str(locked.version):
        episode.version = locked.version
        return (
            "Someone changed this episode while you were here, so nothing was saved. What is shown below is the "
            "present state, your words beside it. Look at both, choose your pictures again and save."
        )
    if not all(form.is_valid() for form in forms) or not any(form.has_changed() for form in forms):
        return ""
    for form in forms:
        chapter, chosen = form.chapter, form.cleaned_data
        if chosen.get("file"):
            attach_chapter_picture(chapter, chosen["file"], chosen["alt"])
        elif chosen.get("remove"):
            detach_chapter_picture(chapter)
        elif form.has_changed() and chapter.image:
            chapter.image_alt = chosen["alt"]
            chapter.save(update_fields=["image_alt"])
    bump_version(episode)
    renew_tags(episode)
    admin.site.get_model_admin(Episode).log_change(request, episode, "Changed pictures of chapters.")
    return ""
