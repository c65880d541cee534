"""Statistics for the whole team, and the single requests behind them."""

from datetime import timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from downloads.counting import statistics
from downloads.counting.spreadsheets import csv_text
from downloads.counting.statistics import Period
from downloads.models import DailyDownload, Request
from episodes.desk import Card, register_cards
from episodes.models import Episode, Show

_LONGEST_DAYS = 366 * 5


class PeriodForm(forms.Form):
    """Which days, of what; every field may be left out."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))
    show = forms.ModelChoiceField(Show.objects.all(), required=False, empty_label="All shows")
    episode = forms.ModelChoiceField(
        Episode.objects.kept().select_related("show"), required=False, empty_label="All episodes"
    )

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not 0 <= (last - first).days <= _LONGEST_DAYS:
            raise forms.ValidationError("The first day lies after the last, or more than five years before it.")
        return cleaned

    def period(self):
        """The days asked for; the last 30 when they make no sense (the form then says why)."""
        today = timezone.now().date()
        if not self.is_valid():
            return Period(today - timedelta(days=29), today)
        asked = self.cleaned_data
        return Period(
            asked["first"],
            asked["last"],
            asked["show"].id if asked["show"] else None,
            asked["episode"].id if asked["episode"] else None,
        )


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the count makes."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(DailyDownload)
class StatisticsAdmin(ReadOnlyAdmin):
    """In the place of a list of rows: the statistics page."""

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise Http404
        today = timezone.now().date()
        asked = {"first": today - timedelta(days=29), "last": today, **request.GET.dict()}
        form = PeriodForm(asked)
        period = form.period()
        shown = statistics.panels(period)
        if "csv" in request.GET:
            return _csv(next((panel for panel in shown if panel.name == request.GET["csv"]), None), period)
        query = {name: value for name, value in asked.items() if name in form.fields and value}
        context = {
            **self.admin_site.each_context(request),
            "title": "Statistics",
            "form": form,
            "period": period,
            "total": statistics.total(period),
            "panels": [(_for_page(panel), f"?{urlencode({**query, 'csv': panel.name})}") for panel in shown],
            "quick": [
                (label, urlencode({**query, "first": today - timedelta(days=days - 1), "last": today}))
                for label, days in (("7 days", 7), ("30 days", 30), ("90 days", 90), ("A year", 365))
            ],
        }
        return TemplateResponse(request, "admin/downloads/statistics.html", context)


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    """Why a request was counted or not; for whoever doubts a number."""

    list_display = ["at", "episode", "why", "taken_for", "status", "first", "sent", "place", "source"]
    list_filter = ["reason", "source", "day"]
    list_select_related = ["episode"]
    show_full_result_count = False
    list_per_page = 100
    fields = [
        "at",
        "episode",
        "why",
        "rules",
        "taken_for",
        "agent",
        "method",
        "status",
        "first",
        "asked_last",
        "sent",
        "audio_bytes",
        "needed",
        "place",
        "data_centre",
        "source",
    ]
    readonly_fields = ["why", "taken_for"]

    @admin.display(description="Counted?")
    def why(self, request):
        return request.get_reason_display() or "Not judged yet"

    @admin.display(description="Taken for")
    def taken_for(self, request):
        return statistics.explain(request.agent)


@register_cards
def downloads_this_week(user):
    """The week's number on the desk's front page, for who may see statistics."""
    if not user.has_perm("downloads.view_dailydownload"):
        return []
    today = timezone.now().date()
    first = today - timedelta(days=6)
    number = statistics.total(Period(first, today))
    url = f"{reverse('admin:downloads_dailydownload_changelist')}?{urlencode({'first': first, 'last': today})}"
    return [Card("Downloads", f"{number} in the last 7 days", url)]


def _for_page(panel):
    """The panel with its SVG marked as ours; every text in it was escaped when it was drawn."""
    marks = [mark_safe(mark) for mark in panel.marks]
    return {
        "name": panel.name,
        "title": panel.title,
        "columns": panel.columns,
        "rows": panel.rows,
        "note": panel.note,
        "chart": mark_safe(panel.chart),
        "marks": marks,
        "marked_rows": list(zip(marks, panel.rows, strict=True)) if marks else [("", row) for row in panel.rows],
    }


def _csv(panel, period):
    """A panel's table for a spreadsheet."""
    if panel is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{panel.name}-{period.first}-{period.last}.csv"'
    response.write(csv_text(panel.columns, panel.rows))
    return response
