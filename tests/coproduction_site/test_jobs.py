"""Jobs that a killed worker held are worked off at once by the next one, not an hour later."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from coproduction_site.jobs import take_back
from tests.process_environment import beside_the_test

ROOT = Path(__file__).resolve().parent.parent.parent


def test_held_jobs_are_free_again_and_waiting_ones_stay(db):
    now = timezone.now()
    held = OrmQ.objects.create(key="x", payload="", lock=now + timedelta(minutes=50))
    waiting = OrmQ.objects.create(key="x", payload="", lock=now - timedelta(minutes=1))

    assert take_back() == 1

    held.refresh_from_db()
    assert held.lock <= timezone.now()
    assert OrmQ.objects.get(pk=waiting.pk).lock == waiting.lock


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_works_off_what_the_killed_one_held(tmp_path):
    async_task("math.sqrt", 16)
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=1))
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "start_qcluster"], cwd=ROOT, env=beside_the_test(), stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 60
        while not Task.objects.filter(func="math.sqrt").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        worker.terminate()
        worker.wait(30)

    assert Task.objects.get(func="math.sqrt").result == 4.0, (tmp_path / "worker.log").read_text()
