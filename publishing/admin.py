"""Moving a show in, at the desk: name the feed, see the rehearsal, start, watch, read the report."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from episodes.filing import FilingError
from episodes.models import FeedImport, FeedImportItem
from publishing.feed_admin import FeedAdmin
from publishing.forms import MoveForm
from publishing.importing import gathering, running
from publishing.importing.plan import rehearse
from publishing.importing.running import MoveError
from publishing.importing.sources import FeedPage, fetch_page
from publishing.outgoing import OutgoingError
from publishing.rss.foreign_xml import FeedError

__all__ = ["FeedAdmin", "FeedImportAdmin"]

State, ItemState = FeedImport.State, FeedImportItem.State
_AT_WORK = (State.READING, State.WAITING, State.RUNNING)
_NOT_READ_YET = (State.READING, State.UNREAD)
_NEEDS_A_LOOK = (ItemState.REFUSED, ItemState.INCOMPLETE)


@admin.register(FeedImport)
class FeedImportAdmin(admin.ModelAdmin):
    """A record that is read and steered, never edited."""

    list_display = ("__str__", "progress", "created_at", "finished_at", "by")
    list_select_related = ("by",)

    def get_queryset(self, request: HttpRequest) -> Any:
        waiting = Count("items", filter=Q(items__state=ItemState.WAITING))
        return super().get_queryset(request).annotate(all_items=Count("items"), waiting_items=waiting)

    @admin.display(description="episodes")
    def progress(self, move: Any) -> str:
        return f"{move.all_items - move.waiting_items} of {move.all_items}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request)

    def has_view_permission(self, request: HttpRequest, obj: FeedImport | None = None) -> bool:
        return _may(request)

    def has_change_permission(self, request: HttpRequest, obj: FeedImport | None = None) -> bool:
        return _may(request)

    def has_delete_permission(self, request: HttpRequest, obj: FeedImport | None = None) -> bool:
        return False  # who moved what, and when, is worth knowing later

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        _require(request)
        form = MoveForm(request.POST, request.FILES) if request.method == "POST" else MoveForm()
        if form.is_bound and form.is_valid():
            try:
                move = _open(form, request)
            except (FeedError, OutgoingError, FilingError) as error:
                form.add_error(None, str(error))
            else:
                return _to(move)
        context = {**self.admin_site.each_context(request), "title": "Move a show here", "form": form}
        return render(request, "admin/episodes/feedimport/start.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        _require(request)
        move = get_object_or_404(FeedImport, pk=int(object_id) if object_id.isascii() and object_id.isdigit() else 0)
        if request.method == "POST":
            _steer(request, move)
            return _to(move)
        counts = dict(move.items.values_list("state").annotate(Count("id")).order_by())
        total = sum(counts.values())
        context = {
            **self.admin_site.each_context(request),
            "title": f"Move of {move.show_title}" if move.show_title else "Move of a show",
            "move": move,
            "counts": [(label, counts.get(state, 0)) for state, label in ItemState.choices if counts.get(state)],
            "done": total - counts.get(ItemState.WAITING, 0),
            "total": total,
            "at_work": move.state in _AT_WORK,
            "not_read_yet": move.state in _NOT_READ_YET,
            "may_start": move.state in (State.REHEARSED, State.STOPPED),
            "may_retry": move.state == State.DONE and counts.get(ItemState.INCOMPLETE, 0) > 0,
            "plan": _plan(move) if move.state == State.REHEARSED else None,
            "items": move.items.exclude(notes=[]) if total > 60 else move.items.all(),
            "needs_a_look": _NEEDS_A_LOOK,
        }
        return render(request, "admin/episodes/feedimport/move.html", context)


def _may(request: HttpRequest) -> bool:
    # A move makes a show and publishes its episodes: whoever may do both by hand may do it.
    return request.user.has_perm("episodes.add_show") and request.user.has_perm("episodes.publish_episode")


def _require(request: HttpRequest) -> None:
    if not _may(request):
        raise PermissionDenied


def _open(form: MoveForm, request: HttpRequest) -> FeedImport:
    upload = form.cleaned_data["feed_file"]
    if upload:
        first, source = FeedPage(upload.read()), upload.name
    else:
        source = form.cleaned_data["address"]
        first = fetch_page(source)
    return gathering.open_feed(source, first, by=request.user)


def _plan(move: FeedImport) -> Any:
    feed, url = running.kept_feed(move)
    return rehearse(feed, url)


def _steer(request: HttpRequest, move: FeedImport) -> None:
    if "stop_reading" in request.POST:
        gathering.stop_reading(move)
        return
    if "read_on" in request.POST:
        gathering.read_again(move)
        return
    if "stop" in request.POST:
        running.stop(move)
        messages.info(request, "The move stops after the episode at hand. Start it again to go on.")
        return
    try:
        running.start(move)
    except MoveError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The move has started. You may leave this page; it goes on by itself.")


def _to(move: FeedImport) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:episodes_feedimport_change", args=[move.pk]))
