"""./run sweep_files: take away files that no row names, and uploads nobody finished."""

from django.core.management.base import BaseCommand, CommandParser

from episodes.sweeping import GRACE, sweep


class Command(BaseCommand):
    help = f"Remove abandoned uploads, and files that nothing has named for {GRACE.days} days. Runs daily by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be removed.")

    def handle(self, *args, dry_run: bool = False, **options) -> None:
        gone = sweep(dry_run)
        for name in gone:
            self.stdout.write(name)
        done = "would be removed" if dry_run else "removed"
        self.stdout.write(f"{len(gone)} {done}." if gone else "Nothing to sweep.")
