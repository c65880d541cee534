"""Django's registration of the room "transcripts"."""

from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "transcripts"

    def ready(self):
        # Models can be imported only when all rooms are there.
        from episodes.readiness import register
        from transcripts.words_readiness import words_of_episode

        register(words_of_episode)
