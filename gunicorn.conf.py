"""How gunicorn serves the site: threads, so that a slow download holds a thread and never the whole site.

The numbers and the address come from the site's settings (HOST, PORT, WEB_PROCESSES, WEB_THREADS).
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings")

from django.conf import settings

wsgi_app = "coproduction_site.wsgi:application"
bind = f"[{settings.HOST}]:{settings.PORT}" if ":" in settings.HOST else f"{settings.HOST}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
# One import for all workers: less memory, and a broken setting stops the start instead of restarting workers for ever.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
# The workers' sign of life is a file written twice a second: in memory, where there is such a place.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None
# No access log: it would hold listeners' addresses. No control socket: nobody asked for a second door.
accesslog = None
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker):
    """Only in the process that serves: a thread does not outlive a fork."""
    from coproduction_site.own_folder import look_after_always

    look_after_always()
