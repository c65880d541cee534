"""Real servers for tests: gunicorn and nginx on loopback, started and stopped by the test."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings

from tests.process_environment import beside_the_test, of_a_site

ROOT = Path(__file__).resolve().parent.parent.parent
NOBODY = 9  # a port where nothing listens: the site is down


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# The first process of each gunicorn that runs, by port.
first_process: dict[int, int] = {}


@contextmanager
def gunicorn(folder: Path, **environment):
    """The site under gunicorn as ./run starts it; yields its port. Files are those of the running test."""
    port = free_port()
    env = beside_the_test(
        **{"HOST": "127.0.0.1", "PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}", **environment}
    )
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(port, folder / "gunicorn.log")
        first_process[port] = process.pid
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_until_it_answers(port: int, log: Path, path: str = "/audio/no/no/00000000.mp3") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            get(port, path)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"No answer on port {port}:\n{log.read_text(errors='replace')[-3000:]}")


def get(port: int, path: str, method: str = "GET", **headers) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own; headers by keyword, with _ for -."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asked.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = asked.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        asked.close()


def phone(port: int) -> socket.socket:
    """A connection such as a phone's: packets of Ethernet size and a small window, not loopback's megabytes."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
    wire.settimeout(20)
    wire.connect(("127.0.0.1", port))
    return wire


def read_and_leave(port: int, path: str, body_bytes: int, **headers) -> int:
    """Ask for a file, read this much of its body, and break the connection off; how many body bytes were read."""
    wire = phone(port)
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    wire.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += wire.recv(1)
    read = 0
    while read < body_bytes:
        piece = wire.recv(min(4096, body_bytes - read))
        if not piece:
            break
        read += len(piece)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # leave with a reset
    wire.close()
    return read


@contextmanager
def nginx(
    folder: Path,
    site_port: int,
    audio_log: str,
    other_port: int = 0,
    port: int = 0,
    page_log: str = "off",
    in_turns: bool = False,
):
    """Debian's nginx with the configuration we ship; yields its port. The logs: what access_log shall name; the format
    "front" tells which web server answered. `in_turns`: the other port is a second copy, and not the next version.

    A header X-Test-Address stands for the client's address, since loopback has only a few.
    """
    if not Path("/usr/sbin/nginx").exists():
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light).")
    port = port or free_port()
    shipped = (ROOT / "deploy" / "nginx" / "coproduction.conf").read_text()
    for ours, theirs in (
        ("syslog:server=unix:/run/coproduction/audio.sock,nohostname,tag=audio audio;", f"{audio_log};"),
        ("/srv/coproduction/var", str(settings.VAR_DIR)),
        ("/srv/coproduction/media", str(settings.MEDIA_DIR)),
        ("listen 80", f"listen 127.0.0.1:{port}"),
        ("    listen [::]:80 sndbuf=128k;\n", ""),
        ("/var/log/nginx/error.log", f"{folder}/nginx-error.log"),
        ("127.0.0.1:8000", f"127.0.0.1:{site_port}"),
        ("127.0.0.1:8001", f"127.0.0.1:{other_port or NOBODY}"),
        (" backup;", ";" if in_turns else " backup;"),
        ("server_name podcast.example.org", "server_name 127.0.0.1"),
        ("access_log off;", f"access_log {page_log};"),
    ):
        assert ours in shipped, f"deploy/nginx/coproduction.conf no longer has {ours}"
        shipped = shipped.replace(ours, theirs)
    (folder / "site.conf").write_text(shipped)
    (folder / "nginx.conf").write_text(
        f"""
        {"user root;" if os.getuid() == 0 else ""}
        worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
        events {{ worker_connections 2048; }}
        http {{
            client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
            uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
            log_format front '$upstream_addr $request_method $uri $status';
            set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;
            include {folder}/site.conf;
        }}
        """
    )
    process = subprocess.Popen(
        ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(process.stderr.read().decode()) from None
                time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        process.stderr.close()


@contextmanager
def listener_for_nginx(folder: Path):
    """`count_downloads --listen`, as a process of its own; yields its socket's path."""
    path = folder / "audio.sock"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "count_downloads", "--listen", str(path)],
        cwd=ROOT,
        env=beside_the_test(AUDIO_DELIVERY="nginx"),
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 20
        while not path.exists():
            assert time.monotonic() < deadline, "count_downloads --listen does not listen"
            time.sleep(0.1)
        yield path
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def listener_by_systemd(inbox: socket.socket):
    """The same as systemd starts it: the socket is there already, and stays."""
    process = subprocess.Popen(
        [
            *("/bin/sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh"),
            *(sys.executable, "manage.py", "count_downloads", "--listen", inbox.getsockname()),
        ],
        cwd=ROOT,
        env=beside_the_test(AUDIO_DELIVERY="nginx"),
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.dup2(inbox.fileno(), 3),
        pass_fds=(3,),
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def caddy(folder: Path, first: int, second: int, instead: str = ""):
    """Debian's Caddy with the file we ship, by HTTP on a free port; yields that port. `instead`: another site block.

    A header X-Test-Address stands for the client's address, since loopback has only a few.
    """
    if not shutil.which("caddy"):
        pytest.skip("Caddy is not installed (Debian: apt-get install caddy).")
    port, shipped = free_port(), (ROOT / "deploy" / "caddy" / "Caddyfile").read_text()
    for ours, here in (
        ("\n{\n", "\n{\n\tadmin off\n"),
        ("podcast.example.org {", f"http://127.0.0.1:{port} {{"),
        ("127.0.0.1:8000 127.0.0.1:8001", f"127.0.0.1:{first} 127.0.0.1:{second}"),
        ("{remote_host}", "{header.X-Test-Address}"),
    ):
        assert ours in shipped
        shipped = shipped.replace(ours, here)
    if instead:
        shipped = f"{{\n\tadmin off\n}}\nhttp://127.0.0.1:{port} {{\n{instead}\n}}\n"
    (folder / "Caddyfile").write_text(shipped)
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env=of_a_site(HOME=str(folder), XDG_DATA_HOME=str(folder), XDG_CONFIG_HOME=str(folder)),
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                get(port, "/healthz/alive")
                break
            except OSError:
                assert time.monotonic() < deadline, (folder / "caddy.log").read_text()
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)
