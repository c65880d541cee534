"""People and topics at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from episodes.admin.history_admin import WithHistory
from episodes.admin.whole_forms import MergingInline, WholeFormAdmin, count_of
from episodes.forms.show_form import SpeakerForm, TopicForm
from episodes.models import Appearance, Speaker, SpeakerLink, Topic
from episodes.production import attach_photo


class LinkInline(MergingInline):
    model = SpeakerLink


@admin.register(Speaker)
class SpeakerAdmin(WithHistory):
    form = SpeakerForm
    list_display = ("name", "affiliation", "appearances", "photo_state", "consent_on", "hidden")
    list_filter = ("hidden",)
    search_fields = ("name", "affiliation")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LinkInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "pronouns", "affiliation", "bio", "seen")}),
        ("Photo", {"fields": ("photo_file", "photo_alt")}),
        ("Elsewhere", {"fields": ("website", "orcid")}),
        ("Consent", {"fields": ("consent_on", "consent_note", "hidden")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(_appearances=count_of(Appearance.objects, "speaker"))

    @admin.display(description="episodes", ordering="_appearances")
    def appearances(self, speaker: Speaker) -> int:
        return speaker._appearances or 0

    @admin.display(description="photo")
    def photo_state(self, speaker: Speaker) -> str:
        if not speaker.photo:
            return "none"
        return "yes" if speaker.photo_alt else "yes, without words"

    def save_model(self, request: HttpRequest, obj: Speaker, form: SpeakerForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if upload := form.cleaned_data.get("photo_file"):
            attach_photo(obj, upload)


@admin.register(Topic)
class TopicAdmin(WholeFormAdmin):
    form = TopicForm
    list_display = ("name", "number_of_episodes")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "description", "related", "seen")

    def get_queryset(self, request: HttpRequest) -> Any:
        episodes = Topic.episodes.through.objects
        return super().get_queryset(request).annotate(_episodes=count_of(episodes, "topic"))

    @admin.display(description="episodes", ordering="_episodes")
    def number_of_episodes(self, topic: Topic) -> int:
        return topic._episodes or 0
