"""Django's registration of the room "publishing"."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "publishing"

    def ready(self):
        # Models can be imported only when all rooms are there.
        from downloads.counting.statistics import register_panel
        from publishing.search_panel import searched_in_vain

        register_panel(searched_in_vain)
