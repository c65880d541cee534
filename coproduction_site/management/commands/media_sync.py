"""Copy the site's files between its disk and its object store."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coproduction_site.backup.files import AREAS
from coproduction_site.management.commands.backup import Progress
from coproduction_site.media_sync import sync
from coproduction_site.object_storage import storage_at
from episodes.filing import FilingError


class Command(BaseCommand):
    help = "Copy files from disk to the S3 store or back, with checksums. Nothing is deleted. Run it again to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", choices=("s3", "disk"), required=True, help="Where the files go.")
        parser.add_argument("--area", choices=AREAS, action="append", default=[], help="Only this area; default both.")
        parser.add_argument("--verify", action="store_true", help="Read and compare files that are there already, too.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be copied.")

    def handle(self, *args: Any, to: str, area: list[str], verify: bool, dry_run: bool, **options: Any) -> None:
        failed = 0
        for one in area or AREAS:
            bucket = settings.S3_BUCKET if one == "private" else settings.S3_PUBLIC_BUCKET
            if not bucket:
                name = "S3_BUCKET" if one == "private" else "S3_PUBLIC_BUCKET"
                if area:
                    raise CommandError(f"{name} is not set, so there is no store for the {one} files. Set it first.")
                self.stdout.write(f"{one}: left out, since {name} is not set.")
                continue
            there = "disk" if to == "s3" else "s3"
            try:
                result = sync(storage_at(there, one), storage_at(to, one), Progress(self.stderr), dry_run, verify)
            except (OSError, FilingError) as error:
                raise CommandError(f"The {one} files cannot be copied: {error}") from error
            verb = "would be copied" if dry_run else "copied and compared"
            self.stdout.write(
                f"{one}: {len(result.copied)} files ({result.copied_bytes / 1e6:.1f} MB) {verb}, "
                f"{len(result.there)} there already."
            )
            for sentence in result.failed:
                self.stdout.write(sentence)
            failed += len(result.failed)
        if failed:
            raise CommandError(f"{failed} files are not in order, as said above.")
