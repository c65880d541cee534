"""Who speaks: one page to give every label of a transcript its person."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from episodes.models import Speaker
from transcripts.admin.editor import found_for
from transcripts.models import Transcript, VoiceLabel
from transcripts.voices import VoiceChoice, choose_voices, chosen_for


def voices(request: HttpRequest, transcript_id: int) -> HttpResponse:
    """GET the labels with a sentence each and the people they could mean; POST the choices."""
    transcript = found_for(request, transcript_id)
    if request.method != "POST":
        return _page(request, transcript, {}, {})
    sent = {
        int(number): VoiceChoice(int(number), request.POST.get(f"seen-{number}"), chosen)
        for name, chosen in request.POST.items()
        if (number := name.removeprefix("voice-")) != name and number.isascii() and number.isdigit()
    }
    outcome = choose_voices(transcript.pk, list(sent.values()))
    count = outcome.saved
    if count or not outcome.conflicts:
        messages.success(request, f"{count} {'voice' if count == 1 else 'voices'} matched.")
    if outcome.conflicts:
        return _page(request, transcript, outcome.conflicts, {pk: sent[pk].chosen for pk in outcome.conflicts})
    return HttpResponseRedirect(reverse("admin:transcripts_transcript_change", args=[transcript.pk]))


def _page(
    request: HttpRequest, transcript: Transcript, conflicts: dict[int, str], chosen: dict[int, str]
) -> HttpResponse:
    """The form; what is shown in it now has been seen, so saving again is a choice made with open eyes."""
    here = Speaker.objects.filter(appearances__episode=transcript.episode_id).distinct()
    context = {
        **admin.site.each_context(request),
        "title": f"Voices in {transcript.episode}",
        "opts": Transcript._meta,
        "transcript": transcript,
        "labels": [
            {
                "voice": voice,
                "sample": _sample(voice),
                "seen": chosen_for(voice),
                "chosen": chosen.get(voice.pk, chosen_for(voice)),
                "theirs": conflicts.get(voice.pk, ""),
            }
            for voice in transcript.voices.select_related("speaker")
        ],
        "in_conflict": bool(conflicts),
        "here": here,
        "others": Speaker.objects.exclude(pk__in=here.values("pk")),
    }
    return TemplateResponse(request, "admin/transcripts/transcript/voices.html", context)


def _sample(voice: VoiceLabel) -> str:
    """What the voice says first that is long enough to be recognised by."""
    texts = list(voice.segments.order_by("position").values_list("text", flat=True)[:20])
    return next((text for text in texts if len(text) > 60), texts[0] if texts else "")
