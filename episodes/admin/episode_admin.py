"""Episodes at the desk: the form, the list, and what is done with them."""

from html import escape
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html

from episodes import desk
from episodes.admin import chapter_picture_view, listen_view, publication_views, upload_views, work_views
from episodes.admin.history_admin import WithHistory
from episodes.admin.whole_forms import MergingInline, may_change
from episodes.audio_orders import order_work
from episodes.forms.appearance_form import AppearanceForm, AppearanceRows
from episodes.forms.clock_field import ClockField
from episodes.forms.episode_form import EpisodeForm
from episodes.merging import MergingForm
from episodes.models import Appearance, AudioWork, Episode, EpisodeLink, Show, ShowHost, Soundbite
from episodes.processing import receive_audio
from episodes.production import attach_artwork, discard, replace_chapters, restore
from episodes.readiness import is_ready, readiness, summarise
from episodes.timecode import format_clock
from episodes.uploads import most_bytes


class AppearanceInline(MergingInline):
    model = Appearance
    form, formset = AppearanceForm, AppearanceRows
    verbose_name, verbose_name_plural = "person", "people"

    def get_fields(self, request: HttpRequest, obj: Episode | None = None) -> tuple[str, ...]:
        new = ("new_person",) if request.user.has_perm("episodes.add_speaker") else ()
        return ("speaker", *new, "role", "affiliation", "position", "seen")

    def get_formset(self, request: HttpRequest, obj: Episode | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.may_add_people = request.user.has_perm("episodes.add_speaker")  # a class made for this request
        return formset

    def get_extra(self, request: HttpRequest, obj: Episode | None = None, **kwargs: Any) -> int:
        """A new episode has somebody in it: the first row stands ready."""
        return 1 if obj is None else 0


class LinkInline(MergingInline):
    model = EpisodeLink
    verbose_name, verbose_name_plural = "reference", "references"


class SoundbiteForm(MergingForm):
    start_ms = ClockField(label="Begins at")
    duration_ms = ClockField(label="Lasts")


class SoundbiteInline(MergingInline):
    model = Soundbite
    form = SoundbiteForm
    verbose_name, verbose_name_plural = "sound bite", "sound bites: 15 to 120 seconds that stand for the episode"


def addresses_to_share(episode: Episode) -> list[dict[str, str]]:
    """What the team passes on once an episode is live: page, feed, a code to embed the player, a text."""
    page = settings.SITE_URL + episode.get_absolute_url()
    embed = settings.SITE_URL + reverse("publishing:embed", args=[episode.show.slug, episode.slug])
    # Plain text here: it is shown in a field to be copied, and escaped like any other text there.
    frame = f'<iframe src="{escape(embed)}" title="{escape(episode.title)}" width="100%" height="260" loading="lazy">'
    return [
        {"label": "Page", "value": page},
        {"label": "Feed, for podcast apps", "value": settings.SITE_URL + episode.show.get_feed_url()},
        {"label": "Player for another site", "value": f"{frame}</iframe>"},
        {"label": "Text to share", "value": f"{episode.show}: {episode} {page}"},
    ]


class BinFilter(admin.SimpleListFilter):
    """Episodes that were thrown away are out of sight unless asked for."""

    title = "bin"
    parameter_name = "bin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Thrown away")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(deleted_at__isnull=self.value() != "1")


@admin.register(Episode)
class EpisodeAdmin(WithHistory):
    form = EpisodeForm
    change_form_template = "admin/episodes/episode/change_form.html"
    list_display = ("title", "show", "situation", "published_at", "length", "readiness_column")
    list_filter = ("show", "state", BinFilter)
    search_fields = ("title", "summary", "slug", "guid")
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("guid", "audio_now")
    list_per_page = 50
    actions = ("discard_chosen", "restore_chosen")

    class Media:
        js = (
            "desk/tus.min.js",
            Script("desk/upload.js", type="module"),
            Script("desk/work.js", type="module"),
            Script("desk/chapters.js", type="module"),
            Script("desk/copy.js", type="module"),
        )

    fieldsets = (
        (None, {"fields": ("show", "title", "slug", "summary", "show_notes", "topics", "explicit", "seen")}),
        ("Audio", {"fields": ("audio_file", "audio_token", "audio_now", "disclosure")}),
        ("Cover", {"fields": ("artwork_file", "artwork_alt")}),
        ("Chapters", {"fields": ("chapters_text", "chapters_file")}),
        ("Order", {"classes": ("collapse",), "fields": ("season", "number", "display_number", "kind")}),
        (
            "Place, licence, discussion",
            {
                "classes": ("collapse",),
                "fields": (
                    "location_name", "location_geo", "location_osm", "location_country", "licence", "licence_url",
                    "social_protocol", "social_uri",
                ),
            },
        ),
        ("Identity", {"classes": ("collapse",), "fields": ("guid",)}),
    )  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Episode | None) -> list[type]:
        return [AppearanceInline, LinkInline, SoundbiteInline, *desk.episode_inlines]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """The first person of an episode is its host, where the show as a whole names none."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, AppearanceInline) and obj.pk is None and not ShowHost.objects.exists():
            kwargs["initial"] = [{"role": "Host"}]
        return kwargs

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("show")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the list's readiness asks of each row, read in as many queries as there are questions."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = changelist.result_list.prefetch_related(
            "topics", "chapters", "appearances__speaker", "audio_work"
        )
        return changelist

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        pages = (
            publication_views.publish,
            publication_views.withdraw,
            publication_views.preview,
            chapter_picture_view.pictures,
            work_views.work,
            work_views.process,
            work_views.propose,
            listen_view.listen,
        )
        own = [path(f"<int:episode_id>/{p.__name__}/", wrap(p), name=f"episodes_episode_{p.__name__}") for p in pages]
        own += [
            path("upload/", wrap(upload_views.begin), name="episodes_upload"),
            path("upload/<uuid:token>/", wrap(upload_views.piece), name="episodes_upload_piece"),
        ]
        return own + super().get_urls()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With one show there is nothing to choose."""
        shows = list(Show.objects.values_list("pk", flat=True)[:2])
        only = {"show": shows[0]} if len(shows) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def view_on_site(self, episode: Episode) -> str | None:
        """A page that is not open yet is not offered: the preview shows it."""
        return episode.get_absolute_url() if episode.is_published else None

    # --- the form ---------------------------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        episode = kwargs.get("obj")
        if episode is not None:
            checks = readiness(episode)
            context.update(
                checks=checks,
                readiness_summary=summarise(checks),
                is_ready=is_ready(checks),
                situation=self.situation(episode),
                live=addresses_to_share(episode) if episode.is_published else [],
                work=AudioWork.objects.filter(episode=episode).first(),
                may_publish=request.user.has_perm("episodes.publish_episode"),
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Episode, form: EpisodeForm, change: bool) -> None:
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)
        if upload := form.cleaned_data.get("artwork_file"):
            attach_artwork(obj, upload)
        if form.chapters_changed:
            replace_chapters(obj, form.cleaned_data["chapters"])
        if upload := form.cleaned_data.get("audio_file"):
            receive_audio(obj, upload)
            transaction.on_commit(form.forget_upload)
        elif obj.audio and form.tags_changed:
            order_work(obj)

    @admin.display(description="audio now")
    def audio_now(self, episode: Episode) -> str:
        if not episode.pk or not episode.audio_bytes:
            return "No audio yet."
        sound = "mono" if episode.channels == 1 else "stereo"
        loudness = "" if episode.loudness_lufs is None else f", {episode.loudness_lufs:.1f} LUFS"
        about = (
            f"{format_clock(episode.duration_ms or 0)} long, {episode.audio_bytes / 1e6:.1f} MB, "
            f"{(episode.bitrate_bps or 0) // 1000} kbit/s {sound}{loudness}"
        )
        return format_html(
            '{}<audio class="desk-player" controls preload="none" data-desk-player src="{}"></audio>',
            about,
            reverse("admin:episodes_episode_listen", args=[episode.pk]),
        )

    def get_form(self, request: HttpRequest, obj: Episode | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "audio_file" in form.base_fields:
            attrs = form.base_fields["audio_file"].widget.attrs
            attrs |= {"data-upload-url": reverse("admin:episodes_upload"), "data-most-bytes": str(most_bytes())}
        if obj is not None and "chapters_text" in form.base_fields:
            url = reverse("admin:episodes_episode_propose", args=[obj.pk])
            form.base_fields["chapters_text"].widget.attrs["data-propose-url"] = url
        form.user = request.user  # a class made for this request: an upload belongs to who brought it
        return form

    def has_change_permission(self, request: HttpRequest, obj: Episode | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_change(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Episode | None = None) -> bool:
        """Episodes are thrown away and can be taken back; nobody deletes one for good here."""
        return False

    # --- the list ---------------------------------------------------------------------------------------------------

    @admin.display(description="situation", ordering="state")
    def situation(self, episode: Episode) -> str:
        if episode.deleted_at:
            return "Thrown away"
        if episode.state == Episode.State.PUBLIC:
            return "Live" if episode.is_published else "Scheduled"
        return episode.get_state_display()

    @admin.display(description="length", ordering="duration_ms")
    def length(self, episode: Episode) -> str:
        return format_clock(episode.duration_ms) if episode.duration_ms else "no audio"

    @admin.display(description="ready?")
    def readiness_column(self, episode: Episode) -> str:
        """Asked only of what is not out yet: what is live has answered."""
        if episode.is_published:
            return ""
        checks = readiness(episode)
        blocking = sum(check.blocks for check in checks)
        if blocking:
            return f"{blocking} missing"
        return "Ready" if not checks else f"Ready, {len(checks)} hints"

    @admin.action(description="Throw away (can be taken back)", permissions=["change"])
    def discard_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(request, queryset.filter(deleted_at__isnull=True), discard, "thrown away")

    @admin.action(description="Take back from the bin", permissions=["change"])
    def restore_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(request, queryset.filter(deleted_at__isnull=False), restore, "taken back")

    def _each(self, request: HttpRequest, queryset: QuerySet, step: Any, done: str) -> None:
        count = 0
        for episode in queryset:
            if not may_change(request.user, episode):
                self.message_user(request, f"“{episode}” is public: only a publisher may do this.", messages.ERROR)
                continue
            step(episode)
            self.log_change(request, episode, done)
            count += 1
        self.message_user(request, f"{count} {'episode was' if count == 1 else 'episodes were'} {done}.")
