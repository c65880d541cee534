"""Admin forms that are saved whole or not at all."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from episodes.artwork import ArtworkError
from episodes.audio.probe import AudioError
from episodes.desk import LAST_FIELD
from episodes.filing import FilingError
from episodes.merging import MergingForm
from episodes.models import Episode

# Asked for where no script can add a line to a list: one more stands ready in each.
EMPTY_LINES = "empty_lines"
# An address typed without a scheme is taken as https, as Django will do by itself from 6.0 on.
HTTPS_ADDRESSES = {models.URLField: {"assume_scheme": "https"}}
UPLOAD_ERRORS = (AudioError, ArtworkError, FilingError)


class LabelledRows:
    """Rows whose fields say what they are: a table's head alone is no label for a screen reader."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            row = "" if index is None else f", row {index + 1}"
            widget = getattr(field.widget, "widget", field.widget)  # inside the admin's own wrapper, if there is one
            widget.attrs["aria-label"] = f"{field.label or name.capitalize()}{row}"


class MergingInline(admin.TabularInline):
    """Rows under a form; two people who edit one row do not overwrite each other unseen."""

    form = MergingForm
    extra = 0
    formfield_overrides = HTTPS_ADDRESSES


class WholeFormAdmin(admin.ModelAdmin):
    """Refuses a body that did not arrive whole; locks the row while it is saved; answers scripts with an address."""

    change_form_template = "admin/desk_change_form.html"
    formfield_overrides = HTTPS_ADDRESSES

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and LAST_FIELD not in request.POST:
            messages.error(
                request,
                "The connection broke before the whole form had arrived, so nothing was saved. "
                "Go back in your browser, where your text still is, and save again.",
            )
            return HttpResponseRedirect(request.path)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except UPLOAD_ERRORS as error:
            # The form's transaction is rolled back by now. It is shown again with all that was written in it.
            request.desk_problem = f"{error} Nothing of this form was saved."  # type: ignore[attr-defined]
            for upload in request.FILES.values():
                upload.seek(0)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.problem = getattr(request, "desk_problem", "")
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """As Django's own; on saving, the row is locked until the transaction ends, so that savers queue up."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            locked = self.get_queryset(request).select_for_update(of=("self",)).filter(pk=found.pk)
            return locked.first()
        return found

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rows of other rooms' inlines get their labels too."""
        least = 1 if EMPTY_LINES in request.GET else 0
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            yield type(formset.__name__, (LabelledRows, formset), {"extra": max(formset.extra, least)}), inline

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return _for_scripts(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return _for_scripts(request, super().response_change(request, obj))


def _for_scripts(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A script must not follow the redirect itself: that would use up the message meant for the person."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest" and response.status_code == 302:
        return JsonResponse({"next": response["Location"]})
    return response


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def count_of(related: Any, outer: str) -> Subquery:
    """How many rows of `related` name the outer row; a subquery, because a GROUP BY cannot be locked."""
    counted = related.filter(**{outer: OuterRef("pk")}).order_by().values(outer).annotate(n=Count("pk")).values("n")
    return Subquery(counted)


def may_change(user: Any, episode: Episode) -> bool:
    """Producers edit drafts; what is public or scheduled is for those who may publish."""
    if not user.has_perm("episodes.change_episode"):
        return False
    return episode.state == Episode.State.DRAFT or user.has_perm("episodes.publish_episode")
