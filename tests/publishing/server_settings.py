"""Settings of a real web server whose way to the database a test can cut."""

import os

from tests.downloads.server_settings import *  # noqa: F403
from tests.downloads.server_settings import DATABASES

DATABASES["default"]["HOST"] = os.environ.get("TEST_DATABASE_HOST") or DATABASES["default"]["HOST"]
