"""The transcript's text beside its audio, to be corrected sentence by sentence."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from episodes.desk import LAST_FIELD
from episodes.timecode import format_clock_exact
from transcripts.edit import Conflict, EditError, edit_segments, fingerprint
from transcripts.forms import SegmentEditForm
from transcripts.models import Segment, Transcript

# Six fields a sentence; Django takes a thousand a form.
SENTENCES_A_PAGE = 80


def found_for(request: HttpRequest, transcript_id: int) -> Transcript:
    """The transcript, for who may change it; 404 and 403 as in the rest of the admin."""
    if not request.user.has_perm("transcripts.change_transcript"):
        raise PermissionDenied
    transcript = Transcript.objects.select_related("episode", "episode__show").filter(pk=transcript_id).first()
    if transcript is None:
        raise Http404
    return transcript


def edit(request: HttpRequest, transcript_id: int) -> HttpResponse:
    """GET a page of sentences (?page=, ?show=doubtful); POST the edits of that page."""
    transcript = found_for(request, transcript_id)
    if request.method != "POST":
        return _page(request, transcript, {}, ())
    if LAST_FIELD not in request.POST:
        messages.error(request, "The connection broke before all sentences had arrived, so nothing was saved.")
        return HttpResponseRedirect(request.get_full_path())
    forms = {pk: SegmentEditForm(request.POST, segment_id=pk) for pk in _sent_ids(request)}
    if not all(form.is_valid() for form in forms.values()):
        messages.error(request, "Nothing was saved yet: a time is not readable. It is marked below.")
        return _page(request, transcript, forms, ())
    try:
        outcome = edit_segments(transcript.pk, [form.edit() for form in forms.values()], request.user)
    except EditError as error:
        messages.error(request, f"Nothing was saved yet. {error}")
        return _page(request, transcript, forms, ())
    if outcome.saved:
        count = outcome.saved
        messages.success(
            request, f"{count} {'sentence' if count == 1 else 'sentences'} saved as revision {outcome.revision}."
        )
    if outcome.conflicts:
        return _page(request, transcript, _kept(outcome.conflicts), outcome.conflicts)
    return HttpResponseRedirect(request.get_full_path())


def _sent_ids(request: HttpRequest) -> list[int]:
    """Primary keys of the sentences in the form: of fields named s<pk>-seen."""
    keys = [name[1:-5] for name in request.POST if name.startswith("s") and name.endswith("-seen")]
    return [int(key) for key in keys if key.isdecimal() and len(key) < 19]


def _kept(conflicts: tuple[Conflict, ...]) -> dict[int, SegmentEditForm]:
    """What was typed for the sentences in conflict, ready to be saved over what is there now, knowingly."""
    now = Segment.objects.select_related("voice").in_bulk([c.edit.segment_id for c in conflicts])
    kept: dict[int, SegmentEditForm] = {}
    for edit in (conflict.edit for conflict in conflicts):
        if (segment := now.get(edit.segment_id)) is None:
            continue
        shown = {
            "seen": fingerprint(segment),
            "start": "" if edit.start_ms is None else format_clock_exact(edit.start_ms),
            "voice": edit.voice,
            "text": edit.text,
            "paragraph": "on" if edit.starts_paragraph else "",
            "join": "on" if edit.joins_previous else "",
        }
        kept[segment.pk] = SegmentEditForm(
            {f"s{segment.pk}-{name}": value for name, value in shown.items()}, segment_id=segment.pk
        )
    return kept


def _page(
    request: HttpRequest, transcript: Transcript, forms: dict[int, SegmentEditForm], conflicts: tuple[Conflict, ...]
) -> HttpResponse:
    only_doubtful = request.GET.get("show") == "doubtful"
    segments = transcript.segments.select_related("voice").order_by("position")
    if only_doubtful:
        segments = segments.filter(status__in=(Segment.Status.CHECK, Segment.Status.NOT_HEARD))
    paginator = Paginator(segments, SENTENCES_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    now = {conflict.edit.segment_id: conflict.now for conflict in conflicts}
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": f"Text of {transcript.episode}",
        "transcript": transcript,
        "opts": Transcript._meta,
        "page": page,
        "only_doubtful": only_doubtful,
        "rows": [_row(segment, forms.get(segment.pk), now.get(segment.pk)) for segment in page],
        "lost": [conflict for conflict in conflicts if conflict.now is None],
        "in_conflict": bool(conflicts),
        "voices": transcript.voices.values_list("label", flat=True),
        "audio_url": _audio_url(transcript),
        "first_of_later_doubt": _next_doubt(transcript, page, only_doubtful),
    }
    return TemplateResponse(request, "admin/transcripts/transcript/editor.html", context)


def _row(segment: Segment, typed: SegmentEditForm | None, now: str | None) -> dict[str, Any]:
    form = typed or SegmentEditForm(
        segment_id=segment.pk,
        initial={
            "seen": fingerprint(segment),
            "start": "" if segment.start_ms is None else format_clock_exact(segment.start_ms),
            "voice": segment.voice.label if segment.voice else "",
            "text": segment.text,
            "paragraph": segment.starts_paragraph,
        },
    )
    doubtful = segment.status in (Segment.Status.CHECK, Segment.Status.NOT_HEARD)
    return {"segment": segment, "form": form, "now": now, "doubtful": doubtful}


def _audio_url(transcript: Transcript) -> str:
    return reverse("admin:episodes_episode_listen", args=[transcript.episode_id]) if transcript.episode.audio else ""


def _next_doubt(transcript: Transcript, page: Any, only_doubtful: bool) -> str:
    """Address of the next doubtful sentence on a later page, or ""."""
    if only_doubtful or not page.has_next():
        return ""
    last = page.object_list[len(page.object_list) - 1].position
    positions = transcript.segments.filter(
        status__in=(Segment.Status.CHECK, Segment.Status.NOT_HEARD), position__gt=last
    ).order_by("position")
    position = positions.values_list("position", flat=True).first()
    if position is None:
        return ""
    return f"?page={position // SENTENCES_A_PAGE + 1}#s{position}"
