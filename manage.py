#!/usr/bin/env python3
"""Django's commands for this site; `./run COMMAND` calls this file."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduction_site.settings")
    from django.core.management import execute_from_command_line

    from coproduction_site.env import EnvError
    from coproduction_site.localdb import LocalDatabaseError

    try:
        execute_from_command_line(sys.argv)
    except (EnvError, LocalDatabaseError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
