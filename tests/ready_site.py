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
_PREPARE = (
    "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
    "from coproduction_site.management.commands.prepare import Command; Command().collect_static_files()\n"
)


@functools.cache
def _ready() -> Path:
    """The VAR_DIR to copy; its database is stopped and holds no row that a first start makes."""
    folder = Path(tempfile.mkdtemp(prefix="coproduction-ready-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # root's database may have to run as nobody
    var = folder / "var"
    environment = of_a_site(VAR_DIR=str(var), MEDIA_DIR=str(folder / "media"))
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", _PREPARE], cwd=PROJECT, env=environment, check=True, timeout=120
    )
    assert localdb.stop_if_unused(var / "postgres")
    return var


def put_ready_database(folder: Path) -> None:
    """The embedded Postgres of a prepared site, stopped, where none is yet."""
    _copy(_ready() / "postgres", folder)


def put_ready_static_files(var: Path) -> None:
    """The collected static files, and the stamp that says so, into this VAR_DIR."""
    _copy(_ready() / "static", var / "static")
    shutil.copy2(_ready() / "static.stamp", var)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # shutil would lose the owners
