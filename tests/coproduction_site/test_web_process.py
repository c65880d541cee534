"""A web process holds what pages need before it parts from its siblings, and nothing that only the worker needs."""

import ctypes
import gc
import json
import subprocess
import sys

import pytest
from django.urls import reverse

from coproduction_site.settling import settle
from tests.factories import make_episode
from tests.process_environment import beside_the_test

SAID = """
import gc, sys
import coproduction_site.wsgi
from django.template import engines

print(sorted(name for name in ("numpy", "mammoth", "qrcode") if name in sys.modules))
print(gc.get_freeze_count() > 100_000)
print("publishing/episode.html" in engines["django"].engine.template_loaders[0].get_template_cache)
"""


def test_a_web_process_is_read_beforehand_and_holds_no_library_of_the_worker(tmp_path):
    environment = {
        "DJANGO_SETTINGS_MODULE": "coproduction_site.settings_test",
        "VAR_DIR": str(tmp_path),
        "MEDIA_DIR": str(tmp_path),
        "HOME": str(tmp_path),
    }

    done = subprocess.run([sys.executable, "-c", SAID], env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[:3] == ["[]", "True", "True"], done.stderr


# Of the worker, the command line, or the desk when a file comes in; FFmpeg's libraries alone are 17 MB.
NOT_FOR_PAGES = ("av", "numpy", "mammoth", "qrcode", "boto3", "hama", "requests", "urllib3", "feedparser")

ASKED = """
import json, sys
from coproduction_site.wsgi import application
from django.test import Client

client = Client()
statuses = [client.get(path).status_code for path in json.loads(sys.argv[1])]
print(json.dumps([statuses, [name for name in json.loads(sys.argv[2]) if name in sys.modules]]))
"""


@pytest.mark.django_db(transaction=True)
def test_pages_feed_search_and_desk_load_no_library_of_the_worker(show):
    episode = make_episode(show)
    page = episode.get_absolute_url()
    paths = ["/", page, f"{page}embed/", f"{show.get_absolute_url()}episodes/", f"{show.get_absolute_url()}feed.xml"]
    paths += ["/search/?q=care", "/sitemap.xml", episode.get_enclosure_url(), reverse("admin:login")]
    done = subprocess.run(
        [sys.executable, "-c", ASKED, json.dumps(paths), json.dumps(NOT_FOR_PAGES)],
        env=beside_the_test(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout, done.stderr
    statuses, loaded = json.loads(done.stdout)
    assert statuses == [200] * len(paths)
    assert loaded == []


def test_a_c_library_that_gives_nothing_back_is_no_hindrance(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())

    settle()

    gc.unfreeze()
