"""Who speaks: one page to give every label of a transcript its person."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from episodes.models import Speaker
from transcripts.admin.editor import found_for
from transcripts.models import Transcript, VoiceLabel
from transcripts.voices import name_voice

UNCHANGED, NOBODY = "", "0"


def voices(request: HttpRequest, transcript_id: int) -> HttpResponse:
    """GET the labels with a sentence each and the people they could mean; POST the choices."""
    transcript = found_for(request, transcript_id)
    labels = list(transcript.voices.select_related("speaker"))
    if request.method == "POST":
        count = sum(_choose(voice, request.POST.get(f"voice-{voice.pk}", UNCHANGED)) for voice in labels)
        messages.success(request, f"{count} {'voice' if count == 1 else 'voices'} matched.")
        return HttpResponseRedirect(reverse("admin:transcripts_transcript_change", args=[transcript.pk]))
    here = Speaker.objects.filter(appearances__episode=transcript.episode_id).distinct()
    context = {
        **admin.site.each_context(request),
        "title": f"Voices in {transcript.episode}",
        "opts": Transcript._meta,
        "transcript": transcript,
        "labels": [(voice, _sample(voice)) for voice in labels],
        "here": here,
        "others": Speaker.objects.exclude(pk__in=here.values("pk")),
    }
    return TemplateResponse(request, "admin/transcripts/transcript/voices.html", context)


def _sample(voice: VoiceLabel) -> str:
    """What the voice says first that is long enough to be recognised by."""
    texts = list(voice.segments.order_by("position").values_list("text", flat=True)[:20])
    return next((text for text in texts if len(text) > 60), texts[0] if texts else "")


def _choose(voice: VoiceLabel, chosen: str) -> bool:
    """True when the choice says something new."""
    now = str(voice.speaker_id) if voice.speaker_id else (NOBODY if voice.match == "person" else UNCHANGED)
    if chosen in (UNCHANGED, now):
        return False
    speaker = Speaker.objects.filter(pk=chosen).first() if chosen.isdecimal() and chosen != NOBODY else None
    if speaker is None and chosen != NOBODY:
        return False
    name_voice(voice, speaker)
    return True
