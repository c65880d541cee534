"""The floor a feed is held against: a Django view with startproject's middleware that sends constant bytes.

Serves the files of FLOOR_FOLDER: <name>.xml plain, <name>.xml.gz packed, 304 to who sends their ETag.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

BODIES = {file.name: file.read_bytes() for file in Path(os.environ["FLOOR_FOLDER"]).glob("*.xml*")}

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()


def constant(request, name):
    if request.headers.get("If-None-Match") == '"constant"':
        response = HttpResponse(status=304)
    else:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(
            BODIES[f"{name}.xml.gz" if packed else f"{name}.xml"], content_type="application/rss+xml"
        )
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = '"constant"'
    return response


urlpatterns = [path("<slug:name>/feed.xml", constant)]
application = get_wsgi_application()
