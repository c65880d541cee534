"""A site that was prepared once in this run: its database with every table, its static files; others start from a copy.

For tests whose subject is not the first start: that costs ten seconds of processor time.
"""

import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from coproduction_site import localdb
from tests.process_environment import of_a_site

PROJECT = Path(__file__).resolve().parents[1]
_PREPARE = """
from django.core.management import call_command
from coproduction_site.management.commands.prepare import Command
call_command("migrate", verbosity=0)
Command().collect_static_files()
"""
# Finding E00's sentences in its sound takes a worker a minute of processor time, which no test here is about; what else
# it would do with the example is done here once.
_EXAMPLE = """
from django.core.management import call_command
from django_q.models import OrmQ
from episodes.models import AudioWork
from episodes.processing import process_audio
from transcripts.models import AlignmentRun
call_command("load_example", verbosity=0)
for work in AudioWork.objects.all():
    process_audio(work.pk)
for run in AlignmentRun.objects.select_related("transcript__episode"):
    run.state, run.audio_sha256 = "done", run.transcript.episode.audio_sha256  # else it is asked for each minute
    run.save()
OrmQ.objects.all().delete()
"""


@functools.cache
def _ready() -> Path:
    """The VAR_DIR to copy; its database is stopped and holds no row that a first start makes."""
    folder = _folder()
    _run(folder, _PREPARE)
    return folder / "var"


@functools.cache
def _ready_with_example() -> Path:
    """The folder of VAR_DIR and MEDIA_DIR to copy; its database is stopped, and nobody has a login yet."""
    folder = _folder()
    _copy(_ready(), folder / "var")
    _run(folder, _EXAMPLE)
    return folder


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="coproduction-ready-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # root's database may have to run as nobody
    return folder


def _run(folder: Path, code: str) -> None:
    environment = of_a_site(VAR_DIR=str(folder / "var"), MEDIA_DIR=str(folder / "media"))
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code], cwd=PROJECT, env=environment, check=True, timeout=120
    )
    assert localdb.stop_if_unused(folder / "var" / "postgres")


def put_ready_database(folder: Path) -> None:
    """The embedded Postgres of a prepared site, stopped, where none is yet."""
    _copy(_ready() / "postgres", folder)


def put_ready_example(database: Path, media: Path) -> None:
    """The embedded Postgres, stopped, and the MEDIA_DIR of a site with the example show."""
    _copy(_ready_with_example() / "var" / "postgres", database)
    _copy(_ready_with_example() / "media", media)


def put_ready_static_files(var: Path) -> None:
    """The collected static files, and the stamp that says so, into this VAR_DIR."""
    _copy(_ready() / "static", var / "static")
    shutil.copy2(_ready() / "static.stamp", var)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # shutil would lose the owners
