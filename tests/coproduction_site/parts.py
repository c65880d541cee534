"""The parts of a grown site as real processes: Postgres, an object store, web servers without a common disk, a worker.

Each part can be killed or held still by a test, and started again.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import lxml.html
import requests

from tests.coproduction_site.forced_postgres import ForcedPostgres
from tests.coproduction_site.running import PROJECT, free_port, open_folder, rows_of, wait_until
from tests.process_environment import of_a_site
from tests.ready_site import put_ready_static_files
from tests.s3.store import Store, swift_store


class Process:
    """One process of the site in a session of its own, with its own VAR_DIR and MEDIA_DIR."""

    def __init__(self, folder: Path, environment: dict[str, str], *words: str) -> None:
        self.folder, self.environment, self._words = folder, environment, words
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)

    def start(self) -> None:
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *self._words], cwd=PROJECT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        return (self.folder / "out").read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None


class Database(ForcedPostgres):
    """A Postgres that a test may stop by force, and ask."""

    def rows(self, statement: str) -> list[tuple]:
        return rows_of(self.url, statement)


class Site:
    """Web servers `copies` and a `worker`, on `database` and `store`; at `address` nginx may stand before them."""

    def __init__(self, folder: Path, database: Database, store: Store, copies: int, **settings: str) -> None:
        self.folder, self.database, self.store = folder, database, store
        self.ports = [free_port() for _ in range(copies)]
        self._shared = of_a_site(
            **{
                **store.environment(),
                "S3_PUBLIC_BUCKET": "covers",
                "DATABASE_URL": database.url,
                "SEARCHES_PER_MINUTE": "0",  # the tests ask far more often than people do
                "SITE_URL": f"http://127.0.0.1:{self.ports[0]}",
                "WEB_PROCESSES": "1",
                **settings,
            }
        )
        self.copies = [
            Process(
                folder / f"copy-{number}", self._of(f"copy-{number}", PORT=str(port)), "-m",
                "coproduction_site.container", "web",
            )
            for number, port in enumerate(self.ports)
        ]  # fmt: skip
        self.worker = Process(folder / "worker", self._of("worker"), "-m", "coproduction_site.container", "worker")

    def _of(self, name: str, **more: str) -> dict[str, str]:
        place = self.folder / name
        return {**self._shared, "VAR_DIR": str(place / "var"), "MEDIA_DIR": str(place / "media"), **more}

    def start(self, worker: bool = True) -> None:
        for copy in self.copies:  # both at once, as two containers do: one migrates, the other waits
            copy.start()
        for port, copy in zip(self.ports, self.copies, strict=True):
            wait_until(lambda port=port: self.status(port, "/healthz/alive") == 200, 120)
            assert "Traceback" not in copy.said(), copy.said()
        if worker:
            self.worker.start()

    def stop(self) -> None:
        for process in (*self.copies, self.worker):
            process.kill()

    def status(self, port: int, path: str, seconds: float = 10) -> int:
        try:
            return requests.get(f"http://127.0.0.1:{port}{path}", timeout=seconds, allow_redirects=False).status_code
        except requests.RequestException:
            return 0

    def get(self, copy: int, path: str, **more) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.ports[copy]}{path}", timeout=30, allow_redirects=False, **more)

    def manage(self, place: str, *words: str) -> str:
        return subprocess.check_output(
            [sys.executable, "manage.py", *words], cwd=PROJECT, env=self._of(place), text=True, timeout=90
        )

    def first_login(self) -> tuple[str, str]:
        """Name and password, as the first start wrote them down."""
        for number in range(len(self.copies)):
            file = self.folder / f"copy-{number}" / "var" / "first-login.txt"
            if file.exists():
                said = dict(line.split(": ", 1) for line in file.read_text().splitlines() if ": " in line)
                return said["Name"], said["Password"]
        raise AssertionError("none of the web servers made the first login")


class Producer:
    """A browser without scripts, whose requests may go to any web server; its cookies are the same for all."""

    def __init__(self, site: Site) -> None:
        self.site, self.session = site, requests.Session()

    def sign_in(self, copy: int, name: str, password: str) -> requests.Response:
        page = self.get(copy, "/admin/login/")
        values = self.values(page)
        return self.post(copy, "/admin/login/", {**values, "login": name, "password": password})

    def get(self, copy: int, path: str) -> requests.Response:
        return self.session.get(f"http://127.0.0.1:{self.site.ports[copy]}{path}", timeout=60)

    def post(self, copy: int, path: str, values: dict, files: dict | None = None) -> requests.Response:
        address = f"http://127.0.0.1:{self.site.ports[copy]}{path}"
        return self.session.post(address, data=values, files=files, timeout=120)

    def save(self, from_copy: int, to_copy: int, path: str, files: dict | None = None, **changes) -> requests.Response:
        """Read a form at one web server and send it, with changes, to another."""
        values = self.values(self.get(from_copy, path))
        for name in files or {}:
            values.pop(name, None)
        return self.post(to_copy, path, {**values, "_save": "Save", **changes}, files)

    def upload(self, copies: list[int], content: bytes, pieces: int) -> str:
        """A resumable upload whose pieces go to the web servers in turn; its token."""
        token = self.session.cookies.get("csrf")
        headers = {"X-CSRFToken": token, "Tus-Resumable": "1.0.0"}
        base = f"http://127.0.0.1:{self.site.ports[copies[0]]}"
        begun = self.session.post(
            f"{base}/admin/episodes/episode/upload/",
            timeout=30,
            headers={**headers, "Upload-Length": str(len(content))},
        )
        assert begun.status_code == 201, begun.text
        path, step, offset = begun.headers["Location"], -(-len(content) // pieces), 0
        number = 0
        while offset < len(content):
            port = self.site.ports[copies[number % len(copies)]]
            sent = self.session.patch(
                f"http://127.0.0.1:{port}{path}", data=content[offset : offset + step], timeout=60,
                headers={**headers, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
            )  # fmt: skip
            assert sent.status_code == 204, sent.text
            offset, number = int(sent.headers["Upload-Offset"]), number + 1
        return path.rstrip("/").rsplit("/", 1)[1]

    @staticmethod
    def values(page: requests.Response) -> dict[str, list[str]]:
        assert page.status_code == 200, f"{page.status_code} {page.url}\n{page.text[:300]}"
        tree = lxml.html.fromstring(page.text)
        form = next(f for f in tree.forms if (f.get("method") or "").lower() == "post" and f.get("id") != "logout-form")
        found: dict[str, list[str]] = {}
        for name, value in form.form_values():
            found.setdefault(name, []).append(value)
        return found


def errors_in(page: requests.Response) -> list[str]:
    found = lxml.html.fromstring(page.text).xpath('//*[contains(@class,"errorlist")]//li')
    return [" ".join(one.text_content().split()) for one in found]


@contextmanager
def grown_site(copies: int = 2, worker: bool = True, ready: bool = True, **settings: str):
    """Everything started, the worker if it is asked for; yields the Site. Skips where there can be no object store.

    Without `ready` its database is empty, and the web servers make its tables.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        store = stack.enter_context(swift_store())
        store.client().create_bucket(Bucket="covers")
        database = Database(folder / "postgres", ready)
        stack.callback(database.close)
        site = Site(folder, database, store, copies, **settings)
        stack.callback(site.stop)
        for copy in site.copies if ready else ():
            put_ready_static_files(Path(copy.environment["VAR_DIR"]))
        site.start(worker)
        yield site


def in_time(condition, seconds: float, says) -> None:
    """wait_until, saying at the end what was there instead."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, says()
        time.sleep(0.25)
