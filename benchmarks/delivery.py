"""How fast audio goes out: 64 kB ranges and whole 100 MB files, beside nginx and a bare Django view in the same run.

    .venv/bin/python benchmarks/delivery.py [--seconds 4] [--rounds 3] [--port 8240]

Needs wrk, and nginx for its rows. Everything runs on loopback, in a temporary folder, and is stopped at the end. All
servers of a round are measured one after the other, and rounds repeat: trust the ratios, not the absolute numbers.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.goals import note  # noqa: E402

RANGE_BYTES = 64 * 1024
FILE_BYTES = 100_000_000
BARE = """
import os
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="x" * 50)
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse
from django.urls import path
PATH = os.environ["BARE_FILE"]
SIZE = os.path.getsize(PATH)

class Part:
    def __init__(self, file, left): self.file, self.left = file, left
    def fileno(self): return self.file.fileno()
    def close(self): self.file.close()
    def read(self, n=-1):
        data = self.file.read(min(n, self.left) if n >= 0 else self.left); self.left -= len(data); return data

class Response(FileResponse):
    def set_headers(self, filelike): pass

def audio(request):
    wanted = request.headers.get("Range")
    first, last = (map(int, wanted[6:].split("-"))) if wanted else (0, SIZE - 1)
    file = open(PATH, "rb", buffering=0); file.seek(first)
    response = Response(Part(file, last - first + 1), status=206 if wanted else 200, content_type="audio/mpeg")
    response["Content-Length"] = str(last - first + 1)
    if wanted: response["Content-Range"] = f"bytes {first}-{last}/{SIZE}"
    return response

urlpatterns = [path("a.mp3", audio)]
application = get_wsgi_application()
"""
RANGES_LUA = f"""
math.randomseed(7)
request = function()
  local first = math.random(0, {FILE_BYTES - RANGE_BYTES})
  return wrk.format("GET", nil, {{["Range"] = "bytes=" .. first .. "-" .. (first + {RANGE_BYTES - 1})}})
end
"""


class Server:
    """A server under measurement: where it answers, and the processes it consists of."""

    def __init__(self, name: str, port: int, path: str, command: list[str], env: dict[str, str], cwd: Path):
        self.name, self.port, self.path = name, port, path
        self.process = subprocess.Popen(
            command, env=env, cwd=cwd, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{name} did not start: {' '.join(command)}") from None
                time.sleep(0.1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def memory_mb(self) -> float:
        """Proportional memory of all its processes."""
        found = subprocess.run(["pgrep", "-s", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        kb = 0
        for pid in found:
            try:
                kb += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
            except (OSError, TypeError):
                continue
        return kb / 1024

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def ranges_per_second(server: Server, seconds: int, script: Path) -> float:
    out = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", "-s", str(script), server.url], capture_output=True, text=True
    ).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"{server.name} answered with errors:\n{out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def whole_mb_per_second(server: Server) -> tuple[float, float]:
    """One download of the whole file: its speed, and by how many MB the server's memory grew."""
    before = server.memory_mb()
    started = time.monotonic()
    sizes = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{size_download}", server.url], capture_output=True, text=True
    ).stdout
    took = time.monotonic() - started
    assert int(sizes) == FILE_BYTES, f"{server.name} sent {sizes} bytes"
    return FILE_BYTES / 1e6 / took, server.memory_mb() - before


def prepare(folder: Path) -> str:
    """A site of its own with one published episode of 100 MB; the path of its enclosure."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="coproduction_site.settings",
        SECRET_KEY="only-for-benchmarks-" * 4,
        VAR_DIR=str(folder / "var"),
        MEDIA_DIR=str(folder / "media"),
        AUDIO_DELIVERY="nginx",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from downloads.delivery.published import refresh_list
    from episodes.models import Episode, Show

    content = random.Random(1).randbytes(FILE_BYTES)
    show = Show.objects.create(
        title="S", slug="a-show", description="d", author="a", category="Health & Fitness > Medicine"
    )
    episode = Episode(
        show=show,
        title="E",
        slug="an-episode",
        state="public",
        published_at=timezone.now(),
        audio_bytes=FILE_BYTES,
        audio_mime="audio/mpeg",
        audio_sha256=hashlib.sha256(content).hexdigest(),
        audio_changed_at=timezone.now(),
        duration_ms=6_250_000,
        bitrate_bps=128_000,
    )
    episode.audio.save("e.mp3", ContentFile(content), save=False)
    episode.save()
    refresh_list()
    (folder / "audio.mp3").write_bytes(content)
    return episode.get_enclosure_url()


def nginx_configuration(folder: Path, port: int, site_port: int) -> Path:
    """nginx as a plain file server on `port`, and with the configuration we ship on `port` + 1."""
    shipped = (ROOT / "deploy" / "nginx" / "coproduction.conf").read_text()
    for ours, theirs in (
        ("syslog:server=unix:/run/coproduction/audio.sock,nohostname,tag=audio", f"{folder}/audio.log"),
        ("/srv/coproduction/var", f"{folder}/var"),
        ("/srv/coproduction/media", f"{folder}/media"),
        ("listen 80", f"listen 127.0.0.1:{port + 1}"),
        ("    listen [::]:80 sndbuf=128k;\n", ""),
        ("/var/log/nginx/error.log", f"{folder}/nginx-error.log"),
        ("127.0.0.1:8000", f"127.0.0.1:{site_port}"),
        ("podcast.example.org", "127.0.0.1"),
    ):
        shipped = shipped.replace(ours, theirs)
    (folder / "site.conf").write_text(shipped)
    conf = folder / "nginx.conf"
    conf.write_text(
        f"""{"user root;" if os.getuid() == 0 else ""}
        worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
        events {{ worker_connections 1024; }}
        http {{
            client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
            uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5; keepalive_requests 1000000;
            server {{ listen 127.0.0.1:{port}; root {folder}; sendfile on; access_log {folder}/plain.log; }}
            include {folder}/site.conf;
        }}"""
    )
    return conf


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--port", type=int, default=8240)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-delivery-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = prepare(folder)
        audio = folder / "audio.mp3"
        (folder / "bare.py").write_text(BARE)
        script = folder / "ranges.lua"
        script.write_text(RANGES_LUA)
        gunicorn = [sys.executable, "-m", "gunicorn"]
        port = asked.port

        def site(label: str, at: int, **env: str) -> Server:
            base = {**os.environ, "HOST": "127.0.0.1", "PORT": str(at), "AUDIO_DELIVERY": "disk", **env}
            base["SITE_URL"] = f"http://127.0.0.1:{at}"
            return Server(label, at, path, [*gunicorn, "-c", "gunicorn.conf.py"], base, ROOT)

        bare = [*gunicorn, "-k", "gthread", "-w", "2", "--threads", "8", "-b", f"127.0.0.1:{port}", "bare:application"]
        servers = [
            Server("bare Django view", port, "/a.mp3", bare, {**os.environ, "BARE_FILE": str(audio)}, folder),
            site("this site, counting", port + 1, COUNT_DOWNLOADS="on"),
            site("this site, not counting", port + 2, COUNT_DOWNLOADS="off"),
        ]
        if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
            command = ["/usr/sbin/nginx", "-p", name, "-c", str(nginx_configuration(folder, port + 3, port + 5))]
            asking = site("(site behind nginx)", port + 5, AUDIO_DELIVERY="nginx", TRUSTED_PROXIES="1")
            plain = Server("nginx, plain files", port + 3, "/audio.mp3", command, dict(os.environ), folder)
            ours = Server("nginx, our configuration", port + 4, path, ["sleep", "100000"], dict(os.environ), folder)
            servers += [plain, ours]
        else:
            asking = None
        try:
            measure(servers, asked, script)
        finally:
            for server in [*servers, *([asking] if asking else [])]:
                server.stop()


def measure(servers: list[Server], asked: argparse.Namespace, script: Path) -> None:
    ranges: dict[str, list[float]] = {server.name: [] for server in servers}
    whole: dict[str, list[float]] = {server.name: [] for server in servers}
    grown: dict[str, list[float]] = {server.name: [] for server in servers}
    for server in servers:  # warm: imports, page cache, connections
        ranges_per_second(server, 1, script)
        whole_mb_per_second(server)
    for _ in range(asked.rounds):
        for server in servers:
            ranges[server.name].append(ranges_per_second(server, asked.seconds, script))
            speed, growth = whole_mb_per_second(server)
            whole[server.name].append(speed)
            grown[server.name].append(growth)
    bare = statistics.median(ranges["bare Django view"])
    nginx = statistics.median(ranges.get("nginx, plain files", [0])) or None
    print(f"| server | 64 kB ranges/s | x bare | x nginx | 100 MB, MB/s | memory growth, MB |\n{'|---' * 6}|")
    for server in servers:
        speed = statistics.median(ranges[server.name])
        beside = f"{speed / nginx:.2f}" if nginx else "-"
        print(
            f"| {server.name} | {speed:,.0f} | {speed / bare:.2f} | {beside} "
            f"| {statistics.median(whole[server.name]):,.0f} | {max(grown[server.name]):.1f} |"
        )
        if server.name.startswith("this site"):
            note(f"ranges, {server.name}: × a bare view", speed / bare, least=0.8)
            note(f"memory grown by downloads, {server.name}", max(grown[server.name]), "MB", most=1)
        elif nginx and server.name == "nginx, our configuration":
            note("ranges, nginx with our configuration: × nginx", speed / nginx, least=0.95)


if __name__ == "__main__":
    main()
