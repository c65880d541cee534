"""A query whose SQL is made once: to write one of fourteen subqueries takes longer than Postgres takes to answer it."""

from copy import copy
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.utils import timezone


class ReadyQuery:
    """The rows of a queryset, asked for again and again with other values.

    The queryset is built with stand-ins, texts or numbers that occur nowhere else, where values are to come; moments
    in it (those of `published()`) become the moment of asking.
    """

    def __init__(self, queryset: QuerySet) -> None:
        self._database = queryset.db
        self._compiler = queryset.query.get_compiler(using=self._database)
        self._sql, self._parameters = self._compiler.as_sql()

    def ask(self, values: dict[Any, Any]) -> list[Any]:
        """Model instances with their annotations, by one query; `values` maps each stand-in to its value."""
        now = timezone.now()
        parameters = tuple(
            now if isinstance(one, datetime) else values.get(one, one) if isinstance(one, str | int) else one
            for one in self._parameters
        )
        # What Django knows of the columns is kept; connections belong to threads.
        compiler: Any = copy(self._compiler)
        compiler.connection = connections[self._database]
        compiler.as_sql = lambda: (self._sql, parameters)
        asked = SimpleNamespace(
            db=self._database,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        return list[Model](ModelIterable(asked))  # type: ignore[arg-type]  # the three things it reads of a queryset
