"""Start the background worker, after taking back the jobs that a killed one held."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from coproduction_site.jobs import take_back


class Command(BaseCommand):
    help = "Start the site's one background worker. Jobs that a killed worker held are given out again at once."

    def handle(self, *args: Any, **options: Any) -> None:
        count = take_back()
        if count:
            self.stdout.write(f"{count} jobs that a killed worker held are given out again.")
        call_command("qcluster")
