"""The desk as a whole: its name, and its rooms in the order of the work."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from coproduction_site import accounts

# What a producer works on, in the order of the work; whatever is not named follows, as the alphabet has it.
FIRST_ROOMS = ("episodes", "transcripts", "publishing", "downloads")
FIRST_MODELS = ("Episode", "Show", "Speaker", "Season", "Topic", "Transcript", "Correction")


class DeskSite(AdminSite):
    site_header = site_title = "Producers' desk"
    index_title = "Today"

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return accounts.sign_in(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Django's list of what this person may see: the podcast's own work before accounts and background work."""
        rooms = super().get_app_list(request, app_label)
        for room in rooms:
            room["models"].sort(key=lambda model: _place(FIRST_MODELS, model["object_name"]))
        return sorted(rooms, key=lambda room: _place(FIRST_ROOMS, room["app_label"]))


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
