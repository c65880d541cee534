"""Feeds at the desk: what apps get, whether directories are content, who was told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django_q.models import Schedule, Task

from episodes.desk import Card, register_cards
from episodes.models import Episode
from publishing import announce
from publishing.feed import store as feed_store
from publishing.feed_difference_views import feed_difference
from publishing.feedcheck.reporting import check_and_keep, report_of
from publishing.models import Feed

_LATEST = 10


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin):
    """Looked at and checked, never edited here: the show has its own form."""

    list_display = ("title", "address", "changed")
    ordering = ("title",)

    @admin.display(description="address for apps")
    def address(self, feed: Feed) -> str:
        url = settings.SITE_URL + feed.get_feed_url()
        return format_html('<a href="{}">{}</a>', f"{url}?raw=1", url)

    @admin.display(description="last change")
    def changed(self, feed: Feed) -> datetime | None:
        about = feed_store.about(feed.pk)
        return datetime.fromtimestamp(max(about.age) / 1_000_000, UTC) if about else None

    def get_urls(self) -> list[Any]:
        difference = self.admin_site.admin_view(feed_difference)
        own = [path("difference/<int:episode_id>/", difference, name="publishing_feed_difference")]
        return own + super().get_urls()

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The state of one feed; a check is made when its button is pressed, since it fetches files."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        feed = self.get_object(request, object_id)
        if feed is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"Feed of {feed.title}",
            "opts": self.opts,
            "feed": feed,
            "feed_url": settings.SITE_URL + feed.get_feed_url(),
            "findings": check_and_keep(feed) if request.method == "POST" else None,
            "report": report_of(feed.pk),
            "told": _told(feed.pk),
            "waiting": Schedule.objects.filter(func=announce.JOB, args__startswith=f"({feed.pk},").order_by("next_run"),
            "services": [name for name in (settings.WEBSUB_HUB_URL, settings.PODPING_URL) if name],
        }
        return render(request, "admin/publishing/feed/check.html", context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("episodes.view_show")

    def has_view_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return request.user.has_perm("episodes.view_show")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False


@dataclass(frozen=True)
class Telling:
    """An announcement that was made, or failed: when (UTC), and its result in words."""

    started: datetime
    success: bool
    said: str


def _told(show_id: int) -> list[Telling]:
    """The latest first. django-q keeps an error as "message : traceback", and what a schedule began under its group."""
    ours = f"Announce feed {show_id} to "
    tasks = Task.objects.filter(Q(name__startswith=ours) | Q(group__startswith=ours), func=announce.JOB)
    rows = tasks.order_by("-started").values_list("started", "success", "result")[:_LATEST]
    return [Telling(started, success, str(result).partition(" : Traceback")[0]) for started, success, result in rows]


@register_cards
def feed_cards(user: Any) -> list[Card]:
    """How each feed stands with directories, and each announcement that failed and was not followed by a good one."""
    if not user.has_perm("episodes.view_show"):
        return []
    cards = []
    heard = set(Episode.objects.published().values_list("show", flat=True))
    for feed in Feed.objects.order_by("title"):
        url = reverse("admin:publishing_feed_change", args=[feed.pk])
        if feed.pk in heard:
            cards.append(_checked(feed, url))
        told = _told(feed.pk)
        if told and not told[0].success:
            cards.append(Card(f"Apps were not told of “{feed.title}”", told[0].said, url=url))
    return cards


def _checked(feed: Feed, url: str) -> Card:
    report = report_of(feed.pk)
    title = f"Feed of “{feed.title}”"
    if report is None:
        return Card(title, "Not checked yet; it is checked each hour.", url)
    when = f"checked {naturaltime(report.made_at)} ({report.made_at:%d %b, %H:%M} UTC)"
    if report.faults:
        return Card(
            title, f"Directories may refuse it, {when}: {report.faults[0]}", url, len(report.faults), urgent=True
        )
    hints = f" {len(report.hints)} hints." if len(report.hints) > 1 else " 1 hint." if report.hints else ""
    return Card(title, f"As directories want it, {when}.{hints}", url)
