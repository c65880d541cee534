"""The application that a WSGI server such as gunicorn calls."""

import os

from django.core.wsgi import get_wsgi_application

from downloads.handover import HandOver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings")

# Large audio is sent by a thread of its own, so that slow readers hold no thread of the web server.
application = HandOver(get_wsgi_application())
