"""Renews the list of published audio on disk, and with nginx the folder it sends from."""

from django.core.management.base import BaseCommand

from downloads.delivery.published import published_list, refresh_list


class Command(BaseCommand):
    help = "Renew the list of published audio after a change made outside the site. The worker does so every minute."

    def handle(self, *args, **options):
        changed = refresh_list()
        number = len(published_list().all())
        self.stdout.write(f"{'Renewed' if changed else 'Already right'}: {number} public episodes with audio.")
