"""Make this site what it was when a backup was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from coproduction_site.backup.archive import BackupError
from coproduction_site.backup.restoring import is_empty, restore, verify
from coproduction_site.management.commands.backup import Progress


class Command(BaseCommand):
    help = "Restore the site from FILE, a backup. On a new machine: install, set the same settings, restore, start."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The backup.")
        parser.add_argument("--replace", action="store_true", help="Give up what this site holds now.")
        parser.add_argument("--dry-run", action="store_true", help="Check the backup and say what would be done.")

    def handle(self, *args: Any, file: str, replace: bool, dry_run: bool, **options: Any) -> None:
        tell, source = Progress(self.stderr), Path(file)
        try:
            if dry_run:
                about, manifest = verify(source, tell)
                self.stdout.write(f"{source} is whole. It was made at {about['made_at']}.")
                if not is_empty():
                    self.stdout.write("This site is not empty: its rows would be given up (with --replace only).")
            else:
                manifest = restore(source, tell, replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database refused a row, so none was kept: {error}") from error
        rows, files = sum(manifest.tables.values()), sum(name.startswith("files/") for name in manifest.members)
        verb = "would be restored" if dry_run else "are restored"
        self.stdout.write(f"{rows} rows and {files} files ({manifest.file_bytes / 1e6:.1f} MB) {verb}.")
        if not dry_run:
            self.stdout.write("Start the site again, so that every process sees them.")
