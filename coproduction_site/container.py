"""What the container image runs: `web`, `worker`, `healthy`, or a command of manage.py.

The web server's start brings the database and the static files up to date first. Everything runs as the image's
unprivileged user, in the foreground, and logs to standard error.
"""

import http.client
import os
import sys
from pathlib import Path
from typing import NoReturn

from coproduction_site.localdb import AWAY_EXIT_CODE

PROJECT = Path(__file__).resolve().parent.parent
COMMANDS = "web, worker, healthy, or a command of manage.py"


def become(*command: str) -> NoReturn:
    """Go on as this program: signals reach it directly."""
    os.chdir(PROJECT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *command])


def run(*command: str) -> int:
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, *command])


def healthy(port: int) -> bool:
    """The site answers; with something below 500, since behind HTTPS it redirects this plain request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz/alive")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main(words: list[str]) -> int:
    if not words:
        print(f"Say what to run: {COMMANDS}.", file=sys.stderr)
        return 2
    if words == ["healthy"]:
        return 0 if healthy(int(os.environ.get("PORT") or 8000)) else 1
    if not os.environ.get("DATABASE_URL"):
        print(
            "DATABASE_URL is not set, and this image holds no Postgres of its own. "
            "Set it to postgres://user:password@host:5432/name, or start with compose.yaml, which brings one.",
            file=sys.stderr,
        )
        return 1
    manage = str(PROJECT / "manage.py")
    if words == ["web"]:
        code = run(manage, "prepare", "--no-example")
        if code == AWAY_EXIT_CODE:
            print("The site starts without it: what is published goes out, all else waits.", file=sys.stderr)
            os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, manage, "prepare", "--no-example", "--wait"])
        elif code != 0:
            return code
        become("-m", "gunicorn", "-c", "gunicorn.conf.py")
    if words == ["worker"]:
        become(manage, "start_qcluster")
    become(manage, *words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
