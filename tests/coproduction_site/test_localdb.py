"""The embedded Postgres: real servers in folders that go away, real kills."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import psycopg2
import pytest

from coproduction_site import localdb
from coproduction_site.env import EnvError
from coproduction_site.postgres import binaries
from tests.coproduction_site.running import open_folder, wait_until
from tests.process_environment import of_a_site

PROJECT = Path(localdb.__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found in /proc")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def place():
    with open_folder() as place:
        yield place


@pytest.fixture
def folder(place):
    """A database folder with a space and an accent in its path; its server is stopped at the end."""
    folder = place / "my sité" / "postgres"
    yield folder
    localdb.stop_if_unused(folder)


def ask(folder: Path, sql: str) -> str:
    connection = psycopg2.connect(host=str(localdb.socket_folder(folder)), user="postgres", dbname=localdb.NAME)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return str(cursor.fetchone()[0]) if cursor.description else ""
    finally:
        connection.close()


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def parent_of(pid: int) -> int:
    return int(_state_and_parent(pid)[1])


def is_running(pid: int) -> bool:
    try:
        return _state_and_parent(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _state_and_parent(pid: int) -> list[str]:
    """From the kernel itself: a bare Debian has no `ps`."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]


def client(folder: Path, code: str, **options) -> "subprocess.Popen[str]":
    """Another process that uses the database: `ensure(folder)`, then the code."""
    script = f"from pathlib import Path; from coproduction_site import localdb; folder = Path({str(folder)!r})\n" + code
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=of_a_site(PYTHONPATH=str(PROJECT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_the_first_use_makes_a_unicode_database_and_the_last_user_stops_it(folder):
    localdb.ensure(folder, durable=False)
    lowered = ask(folder, "SELECT lower('ÉCOLE Ñ')")
    pid = server_pid(folder)

    stopped = localdb.stop_if_unused(folder)

    assert (lowered, stopped, is_running(pid)) == ("école ñ", True, False)


def test_nobody_else_can_reach_the_database(folder):
    localdb.ensure(folder, durable=False)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, folder / "sock", folder / "data")}

    assert modes == {"postgres": 0o700, "sock": 0o700, "data": 0o700}
    assert ask(folder, "SELECT current_setting('listen_addresses')") == ""


def test_after_a_kill_of_server_and_supervisor_nothing_is_lost(folder):
    localdb.ensure(folder)
    ask(folder, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS row")
    pid = server_pid(folder)
    for victim in (parent_of(pid), pid):
        os.kill(victim, signal.SIGKILL)

    localdb.ensure(folder, again=True)

    assert ask(folder, "SELECT count(*) FROM kept") == "1000"
    assert server_pid(folder) != pid


def test_a_server_without_its_supervisor_stops_by_itself(folder):
    localdb.ensure(folder, durable=False)
    pid = server_pid(folder)

    os.kill(parent_of(pid), signal.SIGKILL)

    wait_until(lambda: not is_running(pid))


def test_a_kill_while_the_cluster_is_made_does_no_harm(folder):
    (folder / "data.new" / "base").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")

    localdb.ensure(folder, durable=False)

    assert ask(folder, "SELECT 1") == "1"
    assert not (folder / "data.new").exists()


def test_many_first_uses_at_once_share_one_server(folder):
    code = "localdb.ensure(folder, durable=False); print((folder / 'data/postmaster.pid').read_text().split()[0])"
    clients = [client(folder, code) for _ in range(6)]

    answers = [finish(process) for process in clients]

    assert [code for code, _, _ in answers] == [0] * 6, answers
    assert len({out for _, out, _ in answers}) == 1


def test_a_server_nobody_uses_any_more_stops_after_a_while(folder):
    finish(client(folder, "localdb.ensure(folder, durable=False)"))
    pid = server_pid(folder)

    wait_until(lambda: not is_running(pid))

    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_server_in_use_by_another_process_is_not_stopped(folder):
    other = client(folder, "localdb.ensure(folder, durable=False); print('in', flush=True); input()", stdin=-1)
    other.stdout.readline()
    localdb.ensure(folder, durable=False)

    stopped = localdb.stop_if_unused(folder)

    assert (stopped, is_running(server_pid(folder))) == (False, True)
    other.communicate("\n", timeout=10)


def test_a_server_whose_folder_is_deleted_goes_away(folder):
    localdb.ensure(folder, durable=False)
    pid = server_pid(folder)

    # The server, noticing, takes its own files away at the same time.
    shutil.rmtree(folder / "data", ignore_errors=True)

    wait_until(lambda: not is_running(pid))


def test_a_path_too_long_for_a_socket_works_all_the_same(place):
    folder = place / ("long" * 25) / "postgres"
    try:
        localdb.ensure(folder, durable=False)

        assert ask(folder, "SELECT 1") == "1"
    finally:
        localdb.stop_if_unused(folder)
        shutil.rmtree(localdb.socket_folder(folder))


def test_a_cluster_of_another_version_is_refused_and_left_alone(folder):
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(localdb.LocalDatabaseError, match=r"was made by Postgres 9, and this is Postgres \d+\. Dump it"):
        localdb.ensure(folder)

    assert (folder / "data" / "PG_VERSION").read_text() == "9\n"


def test_without_any_postgres_the_sentence_says_what_to_do(folder, monkeypatch):
    monkeypatch.setattr(binaries, "find", lambda: None)

    with pytest.raises(localdb.LocalDatabaseError, match=r"Start with \./run, which installs it, or set DATABASE_URL"):
        localdb.ensure(folder)


@as_root
def test_roots_start_in_a_users_folder_leaves_the_files_with_the_user(place):
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    folder = place / "var" / "postgres"

    localdb.ensure(folder, durable=False)
    owners = {path.stat().st_uid for path in (folder.parent, folder, *folder.iterdir())}
    localdb.stop_if_unused(folder)

    assert owners == {nobody.pw_uid}


def test_a_folder_that_can_no_longer_be_written_is_named(place):
    folder = place / "postgres"
    (folder / "start.lock").mkdir(parents=True)  # root may write everywhere, but not here

    with pytest.raises(localdb.LocalDatabaseError, match=r"postgres cannot be written \(Is a directory\)"):
        localdb.ensure(folder)


@as_root
def test_another_users_database_is_refused_with_a_sentence(place):
    folder = place / "postgres"
    folder.mkdir(mode=0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside pytest's watchdog thread: harmless here
        pid = os.fork()
    if pid == 0:  # a copy of this process, as nobody: the interpreter's own folder may be closed to other users
        os.setuid(pwd.getpwnam("nobody").pw_uid)
        try:
            localdb.ensure(folder)
        except localdb.LocalDatabaseError as error:
            os._exit(0 if "belongs to root, and you are nobody" in str(error) else 2)
        os._exit(1)

    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0


IN_A_CONTAINER = """
import sys
from pathlib import Path
from coproduction_site import localdb
from coproduction_site.postgres import place
place.ROOTS_PLACE = Path(sys.argv[2])
localdb.programs.find = lambda: Path(sys.argv[3])
entry = localdb.database("", Path(sys.argv[1]))
folder = Path(entry["EMBEDDED"]["folder"])
localdb.ensure(folder, durable=False)
connection = localdb._connect(folder)
with connection.cursor() as cursor:
    cursor.execute("SELECT version()")
    print(folder, cursor.fetchone()[0])
connection.close()
print(localdb.stop_if_unused(folder))
"""


def without_namespaces_of_users() -> None:
    """Make this process root of a place like a container: all users are there, new namespaces are refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    inside, outside = os.pipe(), os.pipe()
    parent = os.getpid()
    if (child := os.fork()) == 0:  # who maps the users must stand outside
        try:
            os.close(inside[1])
            if os.read(inside[0], 1):
                for name in ("uid_map", "gid_map"):
                    Path(f"/proc/{parent}/{name}").write_text("0 0 65536")
                os.write(outside[1], b"x")
        finally:
            os._exit(0)
    os.close(outside[1])
    made = libc.unshare(0x10000000) == 0
    if made:
        os.write(inside[1], b"x")
        made = os.read(outside[0], 1) == b"x"
    os.close(inside[1])  # now it ends, whatever it waits for
    os.waitpid(child, 0)
    if not made:
        os._exit(77)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


@as_root
def test_root_in_a_closed_folder_of_a_container_gets_a_database_elsewhere(place):
    home = place / "root"
    home.mkdir(mode=0o700)
    programs = binaries.find()
    package, closed = programs.parents[1], home / ".venv"
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, closed / part.name, symlinks=True)
    elsewhere = place / "lib"
    elsewhere.mkdir(mode=0o755)

    def start():
        return subprocess.run(
            [sys.executable, "-c", IN_A_CONTAINER, str(home / "var" / "postgres"), str(elsewhere),
             str(closed / programs.relative_to(package.parent))],
            cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
            preexec_fn=without_namespaces_of_users,
        )  # fmt: skip

    first = start()
    if first.returncode == 77:
        pytest.skip("This kernel makes no user namespaces, so none can be taken away.")
    second = start()

    for run in (first, second):
        assert run.returncode == 0, run.stderr
        folder, version = run.stdout.splitlines()[0].split(" ", 1)
        assert Path(folder).parent == elsewhere
        assert version.startswith(f"PostgreSQL {binaries.major(programs)}")
        assert run.stdout.splitlines()[1] == "True"
    assert not (home / "var").exists()


def test_an_ordinary_folder_stays_where_it_was_asked_for(place):
    entry = localdb.database("", place / "var" / "postgres")

    assert entry["EMBEDDED"]["folder"] == str(place / "var" / "postgres")


def test_with_a_database_url_nothing_embedded_is_touched(tmp_path):
    entry = localdb.database("postgres://me:p%40ss@db.example.org:5433/site?sslmode=require", tmp_path / "postgres")

    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "site",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "connect_timeout": 3},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://me:hush@example.org/site", "is not the address of a Postgres database"),
        ("postgres://me:hush@example.org:port/site", "is not the address of a Postgres database"),
        ("postgres://me:hush@example.org", "names no database"),
    ],
)
def test_a_wrong_database_url_is_refused_without_showing_its_password(tmp_path, url, words):
    with pytest.raises(EnvError, match=words) as refused:
        localdb.database(url, tmp_path)

    assert "hush" not in str(refused.value)
