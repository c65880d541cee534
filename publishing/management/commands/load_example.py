"""./run load_example: put the example show into the site, once."""

from django.core.management.base import BaseCommand

from publishing.example import EPISODE_SLUG, SHOW_SLUG, load_example


class Command(BaseCommand):
    help = "Put the example show, one published episode with its transcript, into the site. Twice does no harm."

    def handle(self, *args, **options) -> None:
        if load_example():
            self.stdout.write(f"The example show is here: /{SHOW_SLUG}/{EPISODE_SLUG}/")
        else:
            self.stdout.write(f"The example show is already here: /{SHOW_SLUG}/")
