"""Write the whole site, database and files, into one checked file."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coproduction_site.backup.archive import BackupError
from coproduction_site.backup.making import back_up
from coproduction_site.backup.restoring import verify


class Progress:
    """A sentence now and then, on standard error."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._next = stream, time.monotonic() + 2

    def __call__(self, sentence: str) -> None:
        if time.monotonic() >= self._next:
            self._stream.write(sentence)
            self._next = time.monotonic() + 2


class Command(BaseCommand):
    help = (
        "Back the whole site up into FILE: all rows of one moment, all files, with checksums. The site keeps running."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help='The file to write; "-" writes to standard output.')
        parser.add_argument("--check", action="store_true", help="Do not write: read FILE and compare its checksums.")
        parser.add_argument("--force", action="store_true", help="Replace FILE if it exists.")

    def handle(self, *args: Any, file: str, check: bool, force: bool, **options: Any) -> None:
        tell = Progress(self.stderr)
        target = Path(file)
        said = self.stderr if file == "-" else self.stdout
        try:
            if check:
                about, manifest = verify(target, tell)
                said.write(f"{target} is whole. It was made at {about['made_at']}.")
            elif target.exists() and not force and file != "-":
                raise BackupError(f"{target} exists already. Choose another name, or say --force to replace it.")
            else:
                manifest = back_up(target, tell)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except BrokenPipeError:
            sys.stderr.close()
            raise CommandError("Whoever was to take the backup went away.") from None
        rows, files = sum(manifest.tables.values()), sum(name.startswith("files/") for name in manifest.members)
        said.write(f"{rows} rows and {files} files ({manifest.file_bytes / 1e6:.1f} MB).")
        if manifest.missing_files:
            names = ", ".join(manifest.missing_files[:5])
            raise CommandError(
                f"{len(manifest.missing_files)} files that rows name are not in the storage, so not in the backup: "
                f"{names}. The rest is whole. Upload these again, then back up again."
            )
        if not check:
            said.write("The backup is whole. Keep it on another machine, and SECRET_KEY with your passwords.")
