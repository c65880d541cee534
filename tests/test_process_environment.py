"""Processes that tests start know nothing of the test run: what it sets for itself is no setting of a site."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process_environment import beside_the_test, of_a_site

TESTS = Path(__file__).resolve().parent
# Other people's programs: podcast apps, Caddy, a shell.
FOREIGN = {"clients"}


def test_a_site_is_judged_as_an_operator_would_start_it(monkeypatch, tmp_path):
    for name, value in (
        ("DJANGO_ALLOW_ASYNC_UNSAFE", "1"), ("DJANGO_SETTINGS_MODULE", "tests.none"), ("SITE_URL", "http://testserver"),
        ("ADMIN_PATH", "left-over"), ("AWS_SECRET_ACCESS_KEY", "left-over"), ("MACHINE", "kept"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)

    environment = of_a_site(SITE_URL="https://podcast.example.org", TRUSTED_PROXIES="1", VAR_DIR=str(tmp_path / "var"),
                            MEDIA_DIR=str(tmp_path / "media"))  # fmt: skip
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=TESTS.parent,
        env=environment | {"SECRET_KEY": "0123456789" + "abcdefghijklmnopqrstuvwxyz" * 2}, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip

    assert environment["MACHINE"] == "kept"
    assert "left-over" not in environment.values()
    assert checked.returncode == 0, checked.stderr


@pytest.mark.django_db
def test_a_process_beside_the_test_has_its_database_and_no_other_mark(monkeypatch, settings):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setenv("ADMIN_PATH", "left-over")

    environment = beside_the_test(PORT="1")

    assert "DJANGO_ALLOW_ASYNC_UNSAFE" not in environment
    assert "ADMIN_PATH" not in environment
    assert environment["VAR_DIR"] == str(settings.VAR_DIR)
    assert (environment["PORT"], environment["DJANGO_SETTINGS_MODULE"]) == ("1", "tests.downloads.server_settings")


def test_no_test_hands_its_own_environment_on():
    whole = re.compile(r"\*\*os\.environ|os\.environ\.(?:items|copy)\(|dict\(os\.environ")
    copies = {
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if path.relative_to(TESTS).parts[0] not in FOREIGN and whole.search(path.read_text(encoding="utf-8"))
    }

    # test_redeploy's stand-in for systemctl is such a process itself, and hands on what it was given.
    assert copies == {"process_environment.py", "test_redeploy.py"}
