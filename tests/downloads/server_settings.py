"""Settings of a real web server that a test starts beside itself, on the test's own database and folders."""

import os

from coproduction_site.settings_test import *  # noqa: F403
from coproduction_site.settings_test import DATABASES

DATABASES["default"] |= {"NAME": os.environ["TEST_DATABASE_NAME"], "CONN_MAX_AGE": 60}
