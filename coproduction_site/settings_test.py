"""Settings of the test run: a throw-away database on a fast cluster of its own, files in a folder pytest removes."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("SITE_URL", "http://testserver")

from coproduction_site.settings import *  # noqa: F403
from coproduction_site.settings import BASE_DIR, DATABASE_URL, STORAGES, localdb

DATABASES = {"default": localdb.database(DATABASE_URL, BASE_DIR / "var" / "postgres-test", for_tests=True)}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
