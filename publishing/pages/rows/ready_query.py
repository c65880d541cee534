"""A query whose SQL is made once, and whose plan Postgres keeps.

To write one of fourteen subqueries takes longer than Postgres takes to answer it, and so does its plan: both are made
once for each connection and asked for by name from then on.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.utils import timezone
from psycopg2.extensions import AsIs

_names = itertools.count(1)
# A pool between here and Postgres gives each statement another connection, or the tables have changed meanwhile.
_PLAN_IS_GONE = ("26000", "42P05", "0A000")  # no such statement, two of one name, another type of result


Told = list[tuple[Any, ...]]


class Rows(Sequence[Any]):
    """Model instances with their annotations. Rows that say the same have the same `key`, whenever they were read.

    They become instances when one is first looked at, which of a list takes longer than all the rest: who has what
    was written for the key need not.
    """

    def __init__(self, told: Told, key: str, make: Callable[[], list[Any]]) -> None:
        self.key = key
        self._count = len(told)
        self._make = make

    @cached_property
    def _instances(self) -> list[Any]:
        return self._make()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return self._instances[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._instances)


class ReadyQuery:
    """The rows of a queryset, asked for again and again with other values.

    The queryset is built with stand-ins, texts or numbers that occur nowhere else, where values are to come; moments
    in it (those of `published()`) become the moment of asking. `apart` is an annotation the rows' key says nothing of.
    """

    def __init__(self, queryset: QuerySet, *, apart: str = "") -> None:
        self._database = queryset.db
        self._compiler = queryset.query.get_compiler(using=self._database)
        self._sql, self._parameters = self._compiler.as_sql()
        self._place_apart = self._compiler.annotation_col_map[apart] if apart else None
        self._name = f"ready_{next(_names)}"
        self._prepared_on: WeakSet[Any] = WeakSet()
        self._may_prepare = True

    def ask(self, values: dict[Any, Any]) -> Rows:
        """The rows of now, by one query; `values` maps each stand-in to its value."""
        now = timezone.now()
        connection = connections[self._database]
        if self._may_prepare and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            try:
                self._prepare(connection, values)
                places = ", ".join(["%s"] * (len(values) + 1))
                return self._rows(connection, f"EXECUTE {self._name} ({places})", (*values.values(), now))
            except DatabaseError as error:
                if getattr(error.__cause__, "pgcode", "") not in _PLAN_IS_GONE:
                    raise
                self._may_prepare = False
                if connection.in_atomic_block:
                    raise
        parameters = (
            now if isinstance(one, datetime) else values.get(one, one) if isinstance(one, str | int) else one
            for one in self._parameters
        )
        return self._rows(connection, self._sql, tuple(parameters))

    def _rows(self, connection: BaseDatabaseWrapper, sql: str, parameters: tuple[Any, ...]) -> Rows:
        # What Django knows of the columns is kept; connections belong to threads.
        compiler: Any = copy(self._compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (sql, parameters)
        told: Told = [row for rows in compiler.execute_sql() for row in rows]
        compiler.execute_sql = lambda **_: [told]
        asked = SimpleNamespace(
            db=self._database,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        return Rows(told, self._key(told), lambda: list(ModelIterable(asked)))  # type: ignore[arg-type]  # all it reads

    def _key(self, told: Told) -> str:
        """Made of the database's own answer, before that becomes objects."""
        place = self._place_apart
        if place is not None:
            told = [(*row[:place], *row[place + 1 :]) for row in told]
        return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _prepare(self, connection: BaseDatabaseWrapper, values: dict[Any, Any]) -> None:
        """Once for each connection. What never changes stays in the text: a plan can use a partial index only so."""
        connection.ensure_connection()
        if connection.connection in self._prepared_on:
            return
        places = {stand_in: AsIs(f"${place}") for place, stand_in in enumerate(values, start=1)}
        now = AsIs(f"${len(values) + 1}")
        parameters = tuple(
            now if isinstance(one, datetime) else places.get(one, one) if isinstance(one, str | int) else one
            for one in self._parameters
        )
        types = ", ".join(["unknown"] * len(values) + ["timestamptz"])
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(
                b"PREPARE %s (%s) AS %s" % (self._name.encode(), types.encode(), cursor.mogrify(self._sql, parameters))
            )
        self._prepared_on.add(connection.connection)
