"""Shows and seasons at the desk."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from episodes.admin.history_admin import WithHistory
from episodes.admin.whole_forms import MergingInline, count_of
from episodes.forms.show_form import START_FIELDS, SeasonForm, ShowForm
from episodes.identity import podcast_guid
from episodes.models import Episode, FollowLink, FundingLink, RecommendedShow, Season, Show, ShowHost, VerificationText
from episodes.production import attach_artwork
from episodes.retagging import IN_TAGS, renew_show_tags
from episodes.small_audio import offer_as_the_show_says
from episodes.start_here import choose_start_here


class HostInline(MergingInline):
    model = ShowHost
    verbose_name, verbose_name_plural = "host", "hosts"


class FollowInline(MergingInline):
    model = FollowLink


class FundingInline(MergingInline):
    model = FundingLink


class VerificationInline(MergingInline):
    model = VerificationText


class RecommendedInline(MergingInline):
    model = RecommendedShow


START_HERE = "Start here"


@admin.register(Show)
class ShowAdmin(WithHistory):
    form = ShowForm
    list_display = ("title", "language", "number_of_episodes", "changed_at")
    search_fields = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    inlines = (HostInline, FollowInline, FundingInline, RecommendedInline, VerificationInline)
    fieldsets = (
        (None, {"fields": ("title", "slug", "tagline", "description", "author", "language", "seen")}),
        ("In directories", {"fields": ("category", "second_category", "type", "medium", "explicit", "copyright")}),
        ("Cover", {"fields": ("artwork_file", "artwork_alt")}),
        ("Inside the audio files", {"fields": ("renew_published",)}),
        (START_HERE, {"fields": START_FIELDS}),
        ("Owner", {"fields": ("owner_name", "owner_email")}),
        ("Pages", {"fields": ("about", "website", "licence", "licence_url")}),
        ("Production", {"fields": ("encode_audio", "offer_small_audio", "time_zone", "feed_limit")}),
        ("How often", {"classes": ("collapse",), "fields": ("update_label", "update_rule", "update_starts_at")}),
        (
            "Place and publisher",
            {
                "classes": ("collapse",),
                "fields": (
                    "location_name", "location_geo", "location_osm", "location_country",
                    "publisher_guid", "publisher_feed",
                ),
            },
        ),
        (
            "Chat",
            {"classes": ("collapse",), "fields": ("chat_server", "chat_protocol", "chat_account", "chat_space")},
        ),
        (
            "Identity and moving",
            {
                "classes": ("collapse",),
                "fields": ("podcast_guid", "locked", "moved_to", "complete", "blocked", "uses_podping"),
            },
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(_episodes=count_of(Episode.objects.kept(), "show"))

    def get_fieldsets(self, request: HttpRequest, obj: Show | None = None) -> Any:
        """A show that is only being made has no episodes to start with."""
        return [one for one in super().get_fieldsets(request, obj) if obj or one[0] != START_HERE]

    def get_readonly_fields(self, request: HttpRequest, obj: Show | None = None) -> tuple[str, ...]:
        return ("podcast_guid",)

    @admin.display(description="episodes", ordering="_episodes")
    def number_of_episodes(self, show: Show) -> int:
        return show._episodes or 0

    def save_model(self, request: HttpRequest, obj: Show, form: ShowForm, change: bool) -> None:
        if not change:
            guid = podcast_guid(settings.SITE_URL + obj.get_feed_url())
            # A show that was renamed keeps the GUID of its first address for life: who follows it there gets another.
            if not Show.objects.filter(podcast_guid=guid).exists():
                obj.podcast_guid = guid
        super().save_model(request, obj, form, change)
        if change:
            choose_start_here(obj, form.cleaned_data["start_here"])
        if upload := form.cleaned_data.get("artwork_file"):
            attach_artwork(obj, upload)
        if "offer_small_audio" in form.changed_data:
            offer_as_the_show_says(obj)
        renew_published = form.cleaned_data.get("renew_published", False)
        if change and (renew_published or IN_TAGS & set(form.changed_data)):
            count = renew_show_tags(obj, renew_published)
            if count:
                files = "1 audio file" if count == 1 else f"{count} audio files"
                self.message_user(request, f"{files} will be renewed in the background, one after the other.")


@admin.register(Season)
class SeasonAdmin(WithHistory):
    form = SeasonForm
    list_display = ("__str__", "show", "number_of_episodes")
    list_filter = ("show",)
    search_fields = ("name",)
    fields = ("show", "number", "name", "seen")

    def get_queryset(self, request: HttpRequest) -> Any:
        seasons = super().get_queryset(request).select_related("show")
        return seasons.annotate(_episodes=count_of(Episode.objects.kept(), "season"))

    @admin.display(description="episodes", ordering="_episodes")
    def number_of_episodes(self, season: Season) -> int:
        return season._episodes or 0
