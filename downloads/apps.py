"""Django's registration of the room "downloads"."""

from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "downloads"

    def ready(self):
        from downloads import checks  # noqa: F401 - registers itself
