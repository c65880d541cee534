"""The start script, as far as it goes without installing anything: that part runs on every clean checkout."""

import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.coproduction_site.running import open_folder
from tests.process_environment import of_a_site

PROJECT = Path(__file__).resolve().parents[2]


def run(*words, cwd=PROJECT, script=PROJECT / "run", user=None, **environment):
    return subprocess.run(
        ["/bin/sh", str(script), *words],
        cwd=cwd,
        env=of_a_site(**environment),
        user=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path):
    """A copy of the script and its locks, in a folder with a space, with nothing installed."""
    folder = tmp_path / "my site"
    (folder / "requirements").mkdir(parents=True)
    for name in ("run", "requirements/build.lock", "requirements/run.lock"):
        (folder / name).write_bytes((PROJECT / name).read_bytes())
    return folder


def programs(tmp_path, *names):
    """A PATH that has only these programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in names:
        found = next(Path(path, name) for path in os.environ["PATH"].split(":") if Path(path, name).exists())
        (folder / name).symlink_to(found)
    return str(folder)


def test_help_says_the_three_ways_to_start():
    result = run("--help")

    assert result.returncode == 0
    ways = [re.split(r" {2,}", line.strip())[0] for line in result.stdout.splitlines()]
    assert ways[1:4] == ["./run", "./run test [ARGUMENTS]", "./run COMMAND [...]"]


def test_a_python_that_does_not_work_is_named(copy):
    result = run(script=copy / "run", PYTHON="/no/such/python")

    assert result.returncode == 1
    assert result.stderr == (
        'PYTHON is "/no/such/python", and that is not a working Python of version 3.11 or newer. '
        "Name another one, or unset PYTHON.\n"
    )


@pytest.mark.parametrize("home", [True, False], ids=["home", "no home"])
def test_a_machine_without_python_is_told_where_to_get_it(copy, tmp_path, monkeypatch, home):
    path = programs(tmp_path, "dirname", "ls", "awk", "cat", "cksum", "mkdir", "rm", "id")
    if home:
        monkeypatch.setenv("HOME", str(tmp_path))
    else:
        monkeypatch.delenv("HOME", raising=False)  # as services and containers start programs

    result = run(script=copy / "run", PATH=path)

    assert result.returncode == 1
    assert "No Python of version 3.11 or newer was found. Install it" in result.stderr
    assert not (copy / ".venv.lock").exists()


def test_without_a_network_the_sentence_says_so(copy):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}

    result = run(
        script=copy / "run", PYTHON=sys.executable, PATH="/usr/bin:/bin", PIP_RETRIES="0", UV_OFFLINE="1", **nowhere
    )

    assert result.returncode == 1
    assert "The packages could not be downloaded. Connect this machine to the network" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_that_cannot_be_written_is_named(copy):
    # Root may write everywhere, so root tries it as nobody.
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    with open_folder() as place:
        folder = Path(shutil.copytree(copy, place / "copy"))
        folder.chmod(0o555)

        result = run(script=folder / "run", cwd="/", user=user, PATH="/usr/bin:/bin")

        folder.chmod(0o755)
    assert result.returncode == 1
    assert f"The folder {folder} cannot be written by" in result.stderr
