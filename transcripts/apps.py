"""Django's registration of the room "transcripts"."""

from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "transcripts"

    def ready(self):
        # Models can be imported only when all rooms are there.
        from episodes.desk import register_chapter_proposer
        from episodes.readiness import register
        from transcripts.chapter_drafts import draft_chapters
        from transcripts.words_readiness import words_of_episode

        register(words_of_episode)
        register_chapter_proposer(draft_chapters)
