"""Check a show's feed as directories and apps see it: ./run check_feed [show] [--episodes N]"""

from django.core.management.base import BaseCommand, CommandError

from episodes.models import Show
from publishing.feedcheck.rules import Need
from publishing.feedcheck.running import EPISODES, check_show


class Command(BaseCommand):
    help = "Check the feed of one show, or of all, as directories and apps see it. The site must be running."

    def add_arguments(self, parser):
        parser.add_argument("show", nargs="?", help="The show's slug; all shows when left out.")
        parser.add_argument(
            "--episodes", type=int, default=EPISODES, help=f"How many of the newest are fetched ({EPISODES})."
        )

    def handle(self, *args, show=None, episodes=EPISODES, **options):
        shows = list(Show.objects.filter(slug=show) if show else Show.objects.all())
        if not shows:
            raise CommandError(f'There is no show "{show}".' if show else "There is no show yet.")
        must = 0
        for one in shows:
            findings = check_show(one, episodes)
            must += sum(finding.need == Need.MUST for finding in findings)
            for finding in findings:
                self.stdout.write(f"{one.slug}: {finding}")
            if not findings:
                self.stdout.write(f'{one.slug}: The feed of "{one.title}" is as directories want it.')
        if must:
            raise CommandError(f"{must} of these must be mended before directories and apps are content.")
