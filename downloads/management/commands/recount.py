"""Judges all kept requests anew by today's rules and lists."""

from django.core.management.base import BaseCommand

from downloads.counting.iab import RULES_VERSION
from downloads.counting.intake import first_kept_day
from downloads.counting.tally import count_new, recount


class Command(BaseCommand):
    help = "Count the downloads of all days whose requests are still kept again, and say what changed."

    def handle(self, *args, **options):
        count_new()
        days = recount()
        for day, (before, after) in days.items():
            if before != after:
                self.stdout.write(f"{day}: {before} downloads before, {after} now.")
        total = sum(after for _, after in days.values())
        changed = sum(before != after for before, after in days.values())
        self.stdout.write(
            f"{total} downloads on {len(days)} days since {first_kept_day()}, by rules {RULES_VERSION}; "
            f"{changed} days changed."
        )
