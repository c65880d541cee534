"""The history page of a row: readable differences, and a way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from episodes.admin.whole_forms import WholeFormAdmin, require
from episodes.earlier_words import return_to
from episodes.history import changes_of


class WithHistory(WholeFormAdmin):
    """An admin whose model keeps its history."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        if row is None:
            raise Http404
        require(self.has_view_or_change_permission(request, row))
        may_return = self.has_change_permission(request, row)
        if request.method == "POST":
            require(may_return)
            self._return(request, row)
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {row}",
            "object": row,
            "opts": self.opts,
            "changes": changes_of(row),
            "may_return": may_return,
        }
        return render(request, "admin/desk_history.html", context)

    def _return(self, request: HttpRequest, row: Any) -> None:
        version = request.POST.get("version", "")
        is_number = version.isascii() and version.isdecimal() and len(version) < 19
        try:
            changed = return_to(row, int(version) if is_number else 0)
        except ValidationError as error:
            messages.error(request, "This version cannot come back: " + " ".join(error.messages))
        except ValueError as error:
            messages.error(request, str(error))
        else:
            done = f"Came back: {', '.join(changed)}." if changed else "These words are the present ones already."
            self.log_change(request, row, done)
            messages.success(request, done)
