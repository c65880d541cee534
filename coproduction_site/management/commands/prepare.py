"""Bring the database, the static files and the first login up to date."""

import hashlib
import time
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
from coproduction_site.localdb import AWAY_EXIT_CODE, PREPARED, LocalDatabaseError
from episodes.models import Show

# Any number does, as long as every prepare takes the same one.
LOCK = 20261124
_ASK_AGAIN_SECONDS = 2


class Command(BaseCommand):
    help = "Bring the database, the static files and the first login up to date. Safe to run again and again."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-example", action="store_true", help="Do not put the example show into an empty site.")
        parser.add_argument("--wait", action="store_true", help="Wait for a database that does not answer yet.")

    def handle(self, *args, no_example: bool, wait: bool, **options) -> None:
        while reason := why_away():
            if not wait:
                prepared_before = (Path(settings.VAR_DIR) / PREPARED).exists()
                raise CommandError(reason, returncode=AWAY_EXIT_CODE if prepared_before else 1)
            time.sleep(_ASK_AGAIN_SECONDS)
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
        stamp = Path(settings.VAR_DIR) / PREPARED
        wanted = fingerprint_of_static_files()
        if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).exists():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def why_away() -> str:
    """The sentence to show when the database does not answer; "" when it does."""
    try:
        connection.ensure_connection()
    except LocalDatabaseError as error:
        return str(error)
    except OperationalError as error:
        said = str(error).strip().splitlines()[0].strip()
        return f"The database of DATABASE_URL does not answer ({said}). Start it, or correct DATABASE_URL."
    return ""


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
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
