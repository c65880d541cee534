"""Bring the database, the static files and the first login up to date."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from coproduction_site.first_login import FILE_NAME, make_first_login
from episodes.models import Show

# Any number does, as long as every prepare takes the same one.
LOCK = 20261124


class Command(BaseCommand):
    help = "Bring the database, the static files and the first login up to date. Safe to run again and again."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-example", action="store_true", help="Do not put the example show into an empty site.")

    def handle(self, *args, no_example: bool, **options) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0].strip()
            raise CommandError(
                f"The database of DATABASE_URL does not answer ({reason}). Start it, or correct DATABASE_URL."
            ) from None
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
            fresh = not Show.objects.exists() and not get_user_model().objects.exists()
            if fresh and not no_example:
                call_command("load_example", stdout=self.stdout, stderr=self.stderr)
            if make_first_login(settings.VAR_DIR, f"{settings.SITE_URL}/{settings.ADMIN_PATH}/"):
                self.stdout.write(f"The first login is in {settings.VAR_DIR / FILE_NAME}.")
            self.collect_static_files()

    def collect_static_files(self) -> None:
        """Collecting compresses every file, which takes seconds: only when one of them has changed."""
        stamp = Path(settings.VAR_DIR) / "static.stamp"
        wanted = fingerprint_of_static_files()
        if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).exists():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at once: the second waits for the first, and finds nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def fingerprint_of_static_files() -> str:
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {settings.STORAGES['staticfiles']}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
