"""Every `./run` command that docs/operator.md tells is typed, in its order, at a site like the one it describes."""

import http.client
import re
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg2

from tests.coproduction_site.forced_postgres import ForcedPostgres
from tests.coproduction_site.running import free_port, open_folder, wait_until
from tests.process_environment import of_a_site
from tests.publishing.foreign_host import host, sample
from tests.ready_site import put_ready_static_files
from tests.s3.store import BUCKET, swift_store

ROOT = Path(__file__).resolve().parent.parent
# Told, and tried elsewhere: they go on for ever, or ask at the keyboard.
ELSEWHERE = ("./run createsuperuser",)


def told() -> list[str]:
    """The commands in the page's blocks, in order, without what su puts around them."""
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    (.+)$", page, re.MULTILINE)
    inside = (re.sub(r'^su -s /bin/sh coproduction -c "(.+)"$', r"\1", line) for line in lines)
    return [line for line in inside if line.startswith("./run ") and line not in ELSEWHERE]


class Machine:
    """One machine of the page: its own folders, and a database."""

    def __init__(self, folder: Path, database: str, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.environment = of_a_site(
            DATABASE_URL=database, VAR_DIR=str(folder / "var"), MEDIA_DIR=str(folder / "media"), **settings
        )

    def type(self, command: str, **more: str) -> str:
        """Run it as the page has it, but for `./run`, which would install what is installed here."""
        command = command.replace("./run ", f"{shlex.quote(sys.executable)} manage.py ")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, env={**self.environment, **more},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def second_database(url: str) -> str:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE second ENCODING 'UTF8' TEMPLATE template0")
    connection.close()
    return url.replace("/coproduction?", "/second?")


def test_the_operators_page_can_be_followed_command_by_command(settings, tmp_path):
    with open_folder() as folder, swift_store() as store, host(settings, tmp_path) as old:
        store.client().create_bucket(Bucket="podcast-covers")
        old.answers["/feed.xml"] = lambda handler: handler.send(sample("libsyn.xml", old.place))
        database = ForcedPostgres(folder / "postgres", ready=False)
        port = free_port()
        try:
            first = Machine(
                folder / "first", database.url, PORT=str(port), OUTGOING_TEST_HOST=old.place,
                SITE_URL=f"http://127.0.0.1:{port}", WEB_PROCESSES="1",
            )  # fmt: skip
            second = Machine(folder / "second", second_database(database.url))
            follow(first, second, folder, old.place, store)
        finally:
            database.close()


def follow(first: Machine, second: Machine, folder: Path, place: str, store) -> None:
    in_store = {
        **store.environment(), "S3_BUCKET": BUCKET, "S3_PUBLIC_BUCKET": "podcast-covers",
    }  # fmt: skip
    backups, done = folder / "backups", []
    backups.mkdir()
    going_back = False
    for line in told():
        command = (
            line.replace("/var/backups/coproduction", str(backups)).replace("/srv/export", str(folder / "export"))
            .replace("https://old.example.org/feed.xml", f"http://{place}/feed.xml")
            .replace("ssh backup@elsewhere.example.org 'cat > podcast.backup'", f"cat > {folder}/podcast.backup")
        )  # fmt: skip
        going_back = going_back or ("before-upgrade.backup" in line and "restore" in line)
        restoring = "restore" in line or (done and "restore" in done[-1] and "prepare" in line)
        if going_back and restoring:
            done.append(line)
            continue  # into a database made anew: the restore above is the same
        if "check --deploy" in line:
            first.type(command, SITE_URL="https://podcast.example.org", TRUSTED_PROXIES="1")
        elif restoring:
            second.type(command)
        elif "media_sync" in line:
            first.type(command, **in_store)
        else:
            first.type(command)
        done.append(line)
        if line == "./run check --deploy":
            first.type("./run load_example")  # the site has lived a little when it is backed up
    assert len(done) >= 14, done
    assert (folder / "podcast.backup").stat().st_size > 1_000_000
    assert (folder / "export" / "SHA256SUMS").exists()
    shows = 'python manage.py shell -c "from episodes.models import Show; print(Show.objects.count())"'
    assert second.type(shows.replace("python", shlex.quote(sys.executable))).splitlines()[-1] == "1"
    assert first.type(shows.replace("python", shlex.quote(sys.executable))).splitlines()[-1] == "2"


def test_the_looks_at_the_running_site_that_the_page_tells_of():
    """They ask the site itself, so it has to run; what they find wrong with a trial on loopback is in their words."""
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    with open_folder() as folder:
        database = ForcedPostgres(folder / "postgres", example_media=folder / "first" / "media")
        port = free_port()
        machine = Machine(folder / "first", database.url, PORT=str(port), SITE_URL=f"http://127.0.0.1:{port}")
        process = None
        try:
            put_ready_static_files(folder / "first" / "var")
            machine.type("./run prepare")
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"], cwd=ROOT, env=machine.environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            wait_until(lambda: answers(port), 60)
            for command in ("self_check", "check_feed"):
                assert f"./run {command}" in page
                machine.type(f"./run {command}")
        finally:
            if process is not None:
                process.terminate()
                process.wait(20)
            database.close()


def answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/healthz/alive")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()
