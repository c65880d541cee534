"""Settings of the pages' benchmark: a real site's, but on the tests' throw-away database and folders of its own.

The program's own test settings look at the disk for every static file and leave the database after each request.
"""

import os
from pathlib import Path

from coproduction_site.settings_test import *  # noqa: F403
from coproduction_site.settings_test import DATABASES, INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]  # the floor's models
DATABASES["default"]["CONN_MAX_AGE"] = 60
if _name := os.environ.get("TEST_DATABASE_NAME"):  # that of the program which started this server
    DATABASES["default"]["NAME"] = _name
STATIC_ROOT = Path(os.environ["BENCHMARK_FOLDER"]) / "static"
# As on a site: names with a hash. The packed forms beside them are for sending, which nobody measures here.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
WHITENOISE_AUTOREFRESH = False
