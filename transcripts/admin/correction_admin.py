"""The queue of listeners' suggestions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from transcripts.comparison import Marked, compare
from transcripts.corrections import CorrectionError, accept, reject
from transcripts.models import Correction


class WaitingFilter(admin.SimpleListFilter):
    """What waits is shown unless something else is asked for."""

    title = "decision"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("accepted", "Accepted"), ("rejected", "Rejected"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": "Waiting"}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = self.value() or Correction.State.WAITING
        return queryset if wanted == "all" else queryset.filter(state=wanted)


@admin.register(Correction)
class CorrectionAdmin(admin.ModelAdmin):
    change_form_template = "admin/transcripts/correction/change_form.html"
    list_display = ("original", "suggestion", "episode", "state", "made_at")
    list_filter = (WaitingFilter, "transcript__episode__show")
    list_select_related = ("transcript__episode",)
    search_fields = ("original", "suggestion", "transcript__episode__title")
    readonly_fields = ("episode", "original", "suggestion", "state", "made_at", "decided_at", "decided_by")
    fields = readonly_fields
    actions = ("accept_chosen", "reject_chosen")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="episode", ordering="transcript__episode__title")
    def episode(self, correction: Correction) -> str:
        return str(correction.transcript.episode)

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        return [
            path("<int:correction_id>/decide/", decide, name="transcripts_correction_decide"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest, correction_id: int) -> HttpResponse:
        """Accept (maybe in other words) or reject one suggestion; POST only, otherwise back to it."""
        queue = reverse("admin:transcripts_correction_changelist")
        correction = self.get_object(request, str(correction_id))
        if not self.has_change_permission(request, correction):
            raise PermissionDenied
        if correction is None or request.method != "POST":
            return HttpResponseRedirect(queue)
        try:
            if "accept" in request.POST:
                accept(correction, request.user, request.POST.get("text", ""))
                self.log_change(request, correction, "accepted")
                messages.success(request, "The sentence was corrected.")
            else:
                reject(correction, request.user)
                self.log_change(request, correction, "rejected")
                messages.success(request, "The suggestion was put aside.")
        except CorrectionError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(queue)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        correction = self.get_object(request, object_id)
        if correction is not None:
            kwargs["extra_context"] = {**(kwargs.get("extra_context") or {}), "words": _marked(correction)}
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.action(description="Accept", permissions=["change"])
    def accept_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(request, queryset, lambda correction: accept(correction, request.user), "accepted")

    @admin.action(description="Reject", permissions=["change"])
    def reject_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(request, queryset, lambda correction: reject(correction, request.user), "rejected")

    def _each(self, request: HttpRequest, queryset: QuerySet, step: Any, done: str) -> None:
        count = 0
        for correction in queryset:
            try:
                step(correction)
            except CorrectionError as error:
                messages.error(request, f"“{correction}”: {error}")
                continue
            self.log_change(request, correction, done)
            count += 1
        self.message_user(request, f"{count} {'suggestion' if count == 1 else 'suggestions'} {done}.")


def _marked(correction: Correction) -> Marked:
    found = compare([["", False, correction.original, None]], [["", False, correction.suggestion, None]])
    return found[0].words if found else ()
