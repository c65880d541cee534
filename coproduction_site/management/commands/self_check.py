"""Look at the running site as an app does."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coproduction_site.health import unwell_parts
from coproduction_site.self_check import check_and_tell, find_faults


class Command(BaseCommand):
    help = "Fetch feeds, newest audio, covers and pages of the running site (SITE_URL), and say what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mail", action="store_true", help="Mail what changed since the last time, as the schedule."
        )

    def handle(self, *args: Any, mail: bool, **options: Any) -> None:
        unwell = unwell_parts()
        for part, reason in unwell.items():
            self.stdout.write(f"{part}: {reason}.")
        faults = check_and_tell() if mail else find_faults()
        for fault in faults:
            self.stdout.write(fault)
        if unwell or faults:
            raise CommandError(f"{len(unwell) + len(faults)} faults found.")
        self.stdout.write(f"All is well at {settings.SITE_URL}.")
