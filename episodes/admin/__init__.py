"""The producers' desk: shows, episodes, people and topics in Django's admin."""

from episodes.admin import episode_admin, people_admin, picture_admin, show_admin

__all__ = ["episode_admin", "people_admin", "picture_admin", "show_admin"]
