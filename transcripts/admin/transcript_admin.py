"""Transcripts at the desk: upload, facts, and the way to text, voices and revisions."""

from typing import Any

from django.contrib import admin, messages
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from episodes.desk import LAST_FIELD
from episodes.filing import FilingError
from episodes.timecode import format_clock
from transcripts.admin import editor, revision_pages, voice_page
from transcripts.document import TranscriptError
from transcripts.forms import TranscriptForm
from transcripts.ingest import IngestReport, ingest_transcript
from transcripts.models import AlignmentRun, Correction, Segment, Transcript, VoiceLabel
from transcripts.timing import request_times


def tell_report(request: HttpRequest, report: IngestReport) -> None:
    """What came of a file, as messages: how much was read, and what a person should look at."""
    messages.success(request, report.summary)
    for notice in report.notices[:10]:
        messages.warning(request, notice)
    if len(report.notices) > 10:
        messages.warning(request, f"{len(report.notices) - 10} more notices are listed with the transcript.")
    if report.unmatched:
        names = ", ".join(f"“{label}”" for label in report.unmatched[:5])
        page = reverse("admin:transcripts_transcript_voices", args=[report.transcript.pk])
        messages.warning(request, format_html('Who is {}? <a href="{}">Match the voices</a>', names, page))


def _when_made(run: AlignmentRun) -> str:
    """When the last run ended and how long it took, in words; "" for one that never did."""
    if run.finished_at is None:
        return ""
    ended = date_format(timezone.localtime(run.finished_at), "DATETIME_FORMAT")
    said = f"{'Tried' if run.state == AlignmentRun.State.FAILED else 'Made'} on {ended}"
    if run.started_at is None or run.started_at > run.finished_at:
        return f"{said}."
    seconds = round((run.finished_at - run.started_at).total_seconds())
    took = f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
    return f"{said}; it took {took}."


@admin.register(Transcript)
class TranscriptAdmin(admin.ModelAdmin):
    form = TranscriptForm
    change_form_template = "admin/transcripts/transcript/change_form.html"
    list_display = ("episode", "language", "state", "origin", "sentences", "doubtful", "unmatched", "times")
    list_filter = ("state", "origin", "language", "episode__show")
    search_fields = ("episode__title", "episode__slug")
    readonly_fields = ("times", "untold_speech", "source_facts", "reading_notices")
    actions = ("make_times_anew",)
    fieldsets = (
        (None, {"fields": ("episode", "language", "file", "state", "seen")}),
        ("How it was made", {"fields": ("origin", "checked_on", "credit")}),
        ("As it stands", {"fields": ("times", "untold_speech", "source_facts", "reading_notices")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        segments = Segment.objects.filter(transcript=OuterRef("pk")).order_by().values("transcript")
        voices = VoiceLabel.objects.filter(transcript=OuterRef("pk"), speaker__isnull=True).exclude(match="person")
        return (
            super()
            .get_queryset(request)
            .select_related("episode", "episode__show", "alignment")
            .annotate(
                sentence_count=Coalesce(Subquery(segments.annotate(n=Count("pk")).values("n")), 0),
                doubtful_count=Coalesce(
                    Subquery(segments.annotate(n=Count("pk", filter=Q(status=Segment.Status.CHECK))).values("n")), 0
                ),
                unmatched_count=Coalesce(
                    Subquery(voices.order_by().values("transcript").annotate(n=Count("pk")).values("n")), 0
                ),
            )
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """As Django's own; on saving, the row is locked until the transaction ends, so that savers queue up."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=found.pk).first()

    def get_readonly_fields(self, request: HttpRequest, obj: Transcript | None = None) -> Any:
        return self.readonly_fields if obj is None else ("episode", *self.readonly_fields)

    def get_fieldsets(self, request: HttpRequest, obj: Transcript | None = None) -> Any:
        return self.fieldsets[:2] if obj is None else self.fieldsets

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        pages = {
            "edit": editor.edit,
            "voices": voice_page.voices,
            "revisions": revision_pages.revisions,
            "restore": revision_pages.restore,
        }
        own = [
            path(f"<int:transcript_id>/{name}/", wrap(page), name=f"transcripts_transcript_{name}")
            for name, page in pages.items()
        ]
        return own + super().get_urls()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and LAST_FIELD not in request.POST:
            messages.error(
                request, "The connection broke before the whole form had arrived, so nothing was saved. Save again."
            )
            return HttpResponseRedirect(request.path)
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (TranscriptError, FilingError) as error:
            messages.error(request, f"{error} Nothing of this form was saved.")
            return HttpResponseRedirect(request.path)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """The transcripts are named and what goes with them is counted: hundreds of sentences in a list say less.

        Listeners' suggestions go with the words they are about, though no single one may be taken away: it is decided.
        """
        _, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        named = [f"{transcript._meta.verbose_name.capitalize()}: {transcript}" for transcript in objs]
        return named, counts, forbidden - {str(Correction._meta.verbose_name)}, protected

    def save_model(self, request: HttpRequest, obj: Transcript, form: TranscriptForm, change: bool) -> None:
        if not form.has_new_words():
            super().save_model(request, obj, form, change)
            return
        if change:
            super().save_model(request, obj, form, change)
        name = form.cleaned_data["file"].name or ""
        report = ingest_transcript(obj.episode, form.content, name, language=obj.language, by=request.user)
        obj.pk = report.transcript.pk
        chosen = {name: form.cleaned_data[name] for name in ("state", "origin", "checked_on", "credit")}
        Transcript.objects.filter(pk=obj.pk).update(**chosen)
        tell_report(request, report)

    # --- what is shown ----------------------------------------------------------------------------------------------

    @admin.display(description="sentences", ordering="sentence_count")
    def sentences(self, transcript: Transcript) -> int:
        return transcript.sentence_count

    @admin.display(description="to be checked", ordering="doubtful_count")
    def doubtful(self, transcript: Transcript) -> int:
        return transcript.doubtful_count

    @admin.display(description="voices without a person", ordering="unmatched_count")
    def unmatched(self, transcript: Transcript) -> int:
        return transcript.unmatched_count

    @admin.display(description="times")
    def times(self, transcript: Transcript) -> str:
        run: AlignmentRun | None = getattr(transcript, "alignment", None)  # read together with the list
        if run is None:
            return "As in the file; they are made when the episode has audio."
        if run.state == AlignmentRun.State.RUNNING:
            return f"Being made: {run.progress_percent} %"
        if run.state == AlignmentRun.State.WAITING:
            return "Waiting for the background worker"
        outdated = run.audio_sha256 != transcript.episode.audio_sha256
        replaced = "The audio was replaced since: they may no longer fit." if outdated else ""
        return " ".join(part for part in (run.message, _when_made(run), replaced) if part)

    @admin.display(description="speech without text")
    def untold_speech(self, transcript: Transcript) -> str:
        """Where somebody speaks and the text says nothing: a passage that was left out, or another episode's text."""
        run = AlignmentRun.objects.filter(transcript=transcript.pk).first()
        spans = run.speech_without_text if run else []
        return " · ".join(f"{format_clock(start)} to {format_clock(end)}" for start, end in spans) or "none found"

    @admin.display(description="file")
    def source_facts(self, transcript: Transcript) -> str:
        length = transcript.source_duration_ms
        facts = [
            *(transcript.source_name, transcript.source_format, transcript.source_title, transcript.source_recorded),
            "" if length is None else f"{format_clock(length)} long by its own account",
        ]
        return " · ".join(fact for fact in facts if fact) or "none"

    @admin.display(description="notices when it was read")
    def reading_notices(self, transcript: Transcript) -> str:
        return " ".join(transcript.notices) or "none"

    @admin.action(description="Make the times anew from the audio", permissions=["change"])
    def make_times_anew(self, request: HttpRequest, queryset: QuerySet) -> None:
        AlignmentRun.objects.filter(transcript__in=queryset).update(text_sha256="", audio_fingerprint="")
        count = sum(request_times(transcript) for transcript in queryset)
        self.message_user(request, f"{count} {'transcript gets' if count == 1 else 'transcripts get'} new times.")
