"""The whole site under one process: what a start says, what a stop leaves, what a kill costs."""

import os
import re
import signal
import socket
import sys
from contextlib import contextmanager, suppress

import pytest
from psycopg2 import OperationalError

from coproduction_site.server import StartError, for_browsers, listen
from tests.coproduction_site.running import RunningSite, free_port, open_folder, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are counted in /proc")


@contextmanager
def started(*, ready: bool):
    """A site that was started, and is killed at the end whatever happens."""
    with open_folder() as folder:
        site = RunningSite(folder / "my sité", free_port())
        if ready:
            site.make_ready(example=True)
        site.start()
        try:
            yield site
        finally:
            for pid in site.processes():
                os.kill(pid, signal.SIGKILL)
            site.process.wait()


@pytest.fixture(scope="module")
def site():
    """One site for the tests of this module, in the order they stand here, which has seen its first start."""
    with started(ready=True) as site:
        site.wait_until_ready()
        yield site


def worker_pids(site):
    return {pid for pid, command in site.processes().items() if "qcluster" in command}


def test_the_first_start_of_all_shows_where_the_site_is_and_the_login_it_made():
    with started(ready=False) as site:
        said = site.wait_until_ready()
        login = (site.var / "first-login.txt").read_text()
        mode = (site.var / "first-login.txt").stat().st_mode & 0o777
        page = site.status_of("/the-power-of-coproduction/e00-paul-on-coproduction/")

    name, password = re.search(r"Name: (.+)\nPassword: (.+)\n", login).groups()
    assert f"The site is ready: http://127.0.0.1:{site.port}\n" in said
    assert f"Producers sign in: http://127.0.0.1:{site.port}/admin/\n" in said
    assert f"{name}, password {password} " in said
    assert (mode, page) == (0o600, 200)


def test_it_answers(site):
    assert site.status_of("/admin/login/") == 200


def test_a_second_start_on_the_same_port_is_refused_with_a_sentence(site, tmp_path):
    second = RunningSite(tmp_path, site.port)

    second.start()

    assert second.process.wait(timeout=30) == 1
    assert f"Port {site.port} is in use, perhaps by this very site" in second.said()
    assert "Traceback" not in second.said()


def test_a_killed_worker_is_started_again(site):
    killed = worker_pids(site)

    for pid in sorted(killed):  # its head first: without its children that would end by itself, with no signal
        os.kill(pid, signal.SIGKILL)

    wait_until(lambda: worker_pids(site) and not worker_pids(site) & killed)
    wait_until(lambda: "The background worker stopped (killed by signal 9)" in site.said())


def test_a_killed_database_comes_back_by_itself(site):
    (database,) = (pid for pid, command in site.processes().items() if "/postgres -D" in command)

    os.kill(database, signal.SIGKILL)

    def login_is_there() -> bool:
        site.status_of("/search/?q=trust")  # somebody asks for something, as somebody always does
        with suppress(OperationalError):
            return ("producer",) in site.rows(LOGINS)
        return False

    wait_until(login_is_there)


LOGINS = "SELECT username FROM auth_user"


def test_after_a_kill_of_everything_the_next_start_has_lost_nothing(site):
    site.manage("shell", "-c", "from django.contrib.auth.models import User; User.objects.create(username='kept')")
    login = (site.var / "first-login.txt").read_text()
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    site.process.wait()

    site.start()
    said = site.wait_until_ready()

    assert ("kept",) in site.rows(LOGINS)
    assert (site.var / "first-login.txt").read_text() == login
    assert "password" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stop_ends_every_process_and_is_no_failure(site, number):
    if site.process.poll() is not None:
        site.start()
    site.wait_until_ready()

    code = site.stop(number)

    assert (code, site.processes()) == (0, {})


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path):
    site = RunningSite(tmp_path, free_port(), WEB_THREADS="many")

    site.start()

    assert site.process.wait(timeout=30) == 1
    assert site.said() == (
        'WEB_THREADS is "many". Use a whole number from 1 to 256, or unset WEB_THREADS to use the default.\n'
    )


def test_a_folder_that_can_no_longer_be_written_is_named_without_a_traceback(tmp_path):
    site = RunningSite(tmp_path, free_port())
    (site.var / "log" / "prepare.log").mkdir(parents=True)  # root may write everywhere, but not here

    site.start()

    assert site.process.wait(timeout=30) == 1
    assert site.said() == (
        f"{site.var}/log/prepare.log cannot be written (Is a directory). "
        "Give yourself the right to write there, or use a copy of your own.\n"
    )


def test_an_unreachable_database_is_named_without_a_traceback(tmp_path):
    site = RunningSite(tmp_path, free_port(), DATABASE_URL=f"postgres://me:hush@127.0.0.1:{free_port()}/site")

    site.start()

    assert site.process.wait(timeout=30) == 1
    assert "The database of DATABASE_URL does not answer (connection to server at" in site.said()
    assert "hush" not in site.said()
    assert not (site.var / "postgres").exists()


def test_a_host_that_is_no_address_of_this_machine_is_refused():
    with pytest.raises(StartError, match=r'HOST is "192\.0\.2\.1", and this machine cannot listen there'):
        listen("192.0.2.1", 8000)


def test_the_site_may_listen_on_ipv6():
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")

    try:
        listener = listen("::1", 0)
    except StartError:
        pytest.skip("this machine has no IPv6 address")

    assert (listener.family, for_browsers("::")) == (socket.AF_INET6, "::1")
    listener.close()
