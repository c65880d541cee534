"""What changed in a transcript from revision to revision, and the way back."""

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from transcripts.admin.editor import found_for
from transcripts.comparison import compare
from transcripts.models import Transcript
from transcripts.putting_back import restore_revision


def revisions(request: HttpRequest, transcript_id: int) -> HttpResponse:
    """The revisions, newest first; with ?from=&to= what differs between two of them."""
    transcript = found_for(request, transcript_id)
    rows = transcript.revisions.select_related("made_by").defer("segments")
    context = {
        **admin.site.each_context(request),
        "title": f"Revisions of {transcript.episode}",
        "opts": Transcript._meta,
        "transcript": transcript,
        "revisions": rows,
        "newest": transcript.revision,
    }
    if "to" in request.GET:
        later = get_object_or_404(transcript.revisions, number=_number(request, "to"))
        earlier = get_object_or_404(transcript.revisions, number=_number(request, "from"))
        context.update(earlier=earlier, later=later, differences=compare(earlier.segments, later.segments))
    return TemplateResponse(request, "admin/transcripts/transcript/revisions.html", context)


def restore(request: HttpRequest, transcript_id: int) -> HttpResponse:
    """Put a revision back (POST only)."""
    transcript = found_for(request, transcript_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    number = request.POST.get("number", "")
    if not number.isdecimal() or len(number) > 9:
        raise BadRequest("A revision has a number.")
    made = restore_revision(get_object_or_404(transcript.revisions, number=int(number)), request.user)
    messages.success(request, f"Revision {number} is back, as revision {made.number}.")
    return HttpResponseRedirect(reverse("admin:transcripts_transcript_revisions", args=[transcript.pk]))


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
