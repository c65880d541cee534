"""The producers' desk: shows, episodes, people and topics in Django's admin."""

from django.contrib import admin

from episodes.admin import episode_admin, people_admin, picture_admin, show_admin

admin.site.index_title = "Today"
admin.site.site_title = admin.site.site_header = "Producers' desk"

__all__ = ["episode_admin", "people_admin", "picture_admin", "show_admin"]
