"""The application that a WSGI server such as gunicorn calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings")

_site = get_wsgi_application()

# Only now that Django is set up: these know the rooms' tables.
from coproduction_site.settling import settle  # noqa: E402
from downloads.delivery.handover import HandOver  # noqa: E402
from downloads.delivery.quick_audio import QuickAudio  # noqa: E402
from publishing.feed.quick import QuickFeed  # noqa: E402
from publishing.pages.beforehand import read_beforehand  # noqa: E402
from publishing.views.quick_pages import QuickPages  # noqa: E402

# Unchanged feeds, audio and unchanged pages go the shortest way; large files by a thread of its own, so that slow
# readers hold none of the server's.
application = QuickFeed(HandOver(QuickAudio(QuickPages(_site))))

# Read before the workers fork, it is held once.
read_beforehand()
settle()
