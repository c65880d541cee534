"""Move a show here from its feed: rehearse it, or do it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from episodes.filing import FilingError
from episodes.models import FeedImport, FeedImportItem
from publishing.importing.plan import rehearse
from publishing.importing.running import MoveError, feed_url_of, open_move, work
from publishing.importing.sources import fetch_pages, merge, read_path
from publishing.outgoing import OutgoingError
from publishing.rss.foreign_xml import FeedError


class Command(BaseCommand):
    help = "Import a show with its episodes, audio and transcripts from a feed. Run it again to go on or to catch up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="URL|FILE", help="Address of the feed, or a feed file.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, source: str, dry_run: bool, **options: Any) -> None:
        try:
            pages = fetch_pages(source) if "://" in source else read_path(Path(source))
            if dry_run:
                plan = rehearse(merge(pages), feed_url_of(source, pages))
                self._tell_plan(plan)
                if plan.refusals:
                    raise CommandError("Nothing can be imported; the reason stands above.")
                self.stdout.write("Nothing was changed: this was the rehearsal.")
                return
            move, plan = open_move(source, pages)
            self._tell_plan(plan)
            FeedImport.objects.filter(pk=move.pk).update(state=FeedImport.State.RUNNING)
            FeedImport.objects.filter(source=source).exclude(pk=move.pk).filter(
                state__in=(FeedImport.State.WAITING, FeedImport.State.RUNNING)
            ).update(state=FeedImport.State.STOPPED, error="A later import of the same feed took over.")
            total = len(plan.items)
            work(move.pk, tell=lambda row: self._tell_item(row, total))
        except (FeedError, OutgoingError, FilingError, MoveError) as error:
            raise CommandError(str(error)) from error
        self._tell_end(move)

    def _tell_plan(self, plan) -> None:
        for sentence in plan.sentences():
            self.stdout.write(sentence)
        for item in plan.items:
            for note in item.notes:
                self.stdout.write(f'  "{item.title}": {note}')

    def _tell_item(self, row: FeedImportItem, total: int) -> None:
        done = row.feed_import.items.exclude(state=FeedImportItem.State.WAITING).count()
        self.stdout.write(f'{done} of {total}: "{row.title}": {row.get_state_display().lower()}.')
        for note in row.notes:
            self.stdout.write(f"  {note}")

    def _tell_end(self, move: FeedImport) -> None:
        move.refresh_from_db()
        for sentence in [*move.report, *move.parity]:
            self.stdout.write(sentence)
        left = move.items.filter(state=FeedImportItem.State.INCOMPLETE).count()
        if left:
            raise CommandError(
                f"{left} episodes lack something, as said above. Run the same command again to try again."
            )
        self.stdout.write(f'The show "{move.show}" is here: /{move.show.slug}/')
