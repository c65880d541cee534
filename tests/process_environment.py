"""The environment of real processes that tests start: the machine's, without what the test run or a shell set."""

import os

from django.conf import settings
from django.db import connection

from coproduction_site import settings as site_settings

# The run's own marks; none of them may reach a site that is judged as an operator would start it.
_MARKS = ("DJANGO_", "PYTEST_")
_STORE_KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
# The server whose databases tests use: a process on the running test's database needs it.
_DATABASE = "DATABASE_URL"


def of_a_site(**its_settings: str) -> dict[str, str]:
    """For a site of its own: no setting but these, and a secret."""
    ours = {*site_settings.env.variables, "SECRET_KEY_FILE", *_STORE_KEYS}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith(_MARKS)}
    return {**kept, "SECRET_KEY": "only-for-tests-" * 5, **its_settings}


def beside_the_test(**its_settings: str) -> dict[str, str]:
    """For a process of the site on the running test's database and folders."""
    inherited = {name: os.environ[name] for name in (_DATABASE, *_STORE_KEYS) if name in os.environ}
    return of_a_site(
        **{
            **inherited,
            "SITE_URL": "http://testserver",
            "DJANGO_SETTINGS_MODULE": "tests.downloads.server_settings",
            "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
            "VAR_DIR": str(settings.VAR_DIR),
            "MEDIA_DIR": str(settings.MEDIA_DIR),
            **its_settings,
        }
    )
