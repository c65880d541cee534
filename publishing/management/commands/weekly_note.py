"""./run weekly_note: mail the Monday note to the team, or show it."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from publishing.weekly_note import send_weekly_note, write_note


class Command(BaseCommand):
    help = "Mail the team what was heard, sought in vain and waits. Runs each Monday by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only show the note, as the first administrator gets it."
        )

    def handle(self, *args, dry_run: bool = False, **options) -> None:
        if dry_run:
            reader = User.objects.filter(is_superuser=True).order_by("pk").first()
            if reader is None:
                raise CommandError("There is no administrator yet. Make one: ./run createsuperuser")
            self.stdout.write(write_note(reader))
            return
        count = send_weekly_note()
        if not count:
            raise CommandError("Nobody of the team has a mail address. Add one in the desk under Users.")
        self.stdout.write(f"The note went to {count} {'person' if count == 1 else 'people'}.")
