"""A Postgres connection whose server is started on the first use and again when it was killed."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError as DjangoOperationalError
from psycopg2 import OperationalError

from coproduction_site import localdb
from coproduction_site.postgres.creation import DatabaseCreation


class DatabaseWrapper(base.DatabaseWrapper):
    """Commands that never query (`check`, `collectstatic`, `--help`) never start the server."""

    creation_class = DatabaseCreation

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        embedded = self.settings_dict["EMBEDDED"]
        folder, durable = Path(embedded["folder"]), embedded["durable"]
        localdb.ensure(folder, durable=durable)
        try:
            return super().get_new_connection(conn_params)
        except (OperationalError, DjangoOperationalError):
            # It answered this process before; it may have been killed since.
            localdb.ensure(folder, durable=durable, again=True)
            return super().get_new_connection(conn_params)
