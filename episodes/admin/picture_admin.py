"""Sizes of pictures at the desk: what failed, and having it made again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from episodes.models import PictureWork
from episodes.picture_work import order_sizes, shows_picture


@admin.register(PictureWork)
class PictureWorkAdmin(admin.ModelAdmin):
    """Looked at, and ordered again; rows are written by the work itself."""

    list_display = ("shown_by", "state", "problem", "requested_at")
    list_display_links = None
    list_filter = ("state",)
    ordering = ("-requested_at",)
    actions = ("make_again",)

    @admin.display(description="picture of")
    def shown_by(self, work: PictureWork) -> str:
        return str(shows_picture(work.name) or "a picture that was replaced")

    @admin.action(description="Make the sizes again", permissions=["make"])
    def make_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        for work in queryset:
            order_sizes(work.name)
        self.message_user(request, "The sizes are being made again. Until then pages show the picture as uploaded.")

    def has_make_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("episodes.change_episode")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("episodes.view_episode")

    def has_view_permission(self, request: HttpRequest, obj: PictureWork | None = None) -> bool:
        return request.user.has_perm("episodes.view_episode")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PictureWork | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PictureWork | None = None) -> bool:
        return False
