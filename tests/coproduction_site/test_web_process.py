"""A web process holds what pages need before it parts from its siblings, and nothing that only the worker needs."""

import subprocess
import sys

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
