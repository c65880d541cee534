"""Write everything a show is into a folder, in open forms."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from episodes.models import Show
from publishing.exporting.folder import ExportError
from publishing.exporting.writing import export
from publishing.feed.cache import Unavailable


class Command(BaseCommand):
    help = (
        "Export shows into DIR: feed, audio, covers, transcripts, chapters, people, statistics, pages to read it all."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", help="A new folder, or one of an earlier export to bring up to date.")
        parser.add_argument(
            "--show", metavar="SLUG", action="append", default=[], help="Only this show; may be repeated."
        )

    def handle(self, *args: Any, dir: str, show: list[str], **options: Any) -> None:
        shows = list(Show.objects.filter(slug__in=show) if show else Show.objects.all())
        unknown = sorted(set(show) - {found.slug for found in shows})
        if unknown:
            raise CommandError(f'There is no show "{unknown[0]}". The shows are: {_names()}.')
        if not shows:
            raise CommandError("There is no show to export.")
        try:
            folder = export(Path(dir), shows, self.stdout.write)
        except ExportError as error:
            raise CommandError(str(error)) from error
        except Unavailable as error:
            raise CommandError("The feed cannot be read now: the database does not answer. Try again.") from error
        self.stdout.write(f"{len(shows)} shows and {len(folder.sums)} files are in {dir}. Begin at index.html.")


def _names() -> str:
    return ", ".join(Show.objects.values_list("slug", flat=True)) or "none"
