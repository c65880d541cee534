"""Build everything search uses anew from the stored words."""

from typing import Any

from django.core.management.base import BaseCommand

from transcripts.search.reindexing import reindex


class Command(BaseCommand):
    help = "Builds the search index and the list of spoken words anew. Safe at any time; needed after a repair by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        done = reindex()
        self.stdout.write(f"{done.episodes} episodes and {done.words} words can be searched.")
