"""A show's feed read from the database: the head in one query, all items in another."""

import json
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from episodes.plaintext import storable
from publishing.rss.questions import Parameters, channel_sql, filled, fingerprints_sql, items_sql
from publishing.rss.records import Channel, Item

# Any of these in a text is one that XML cannot hold, or a CR, which no text of ours has.
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# How JSON of Postgres spells them, or their beginning.
_SUSPECT_JSON = re.compile(r"\\[bfr]|\\u00|[\ufffe\uffff]")


class ItemRow(NamedTuple):
    """An item's place in the feed. Without `values` the caller already knows its fingerprint; see `item`.

    `notes_mark` names the Markdown of its notes.
    """

    id: int
    published_s: int
    fingerprint: str
    notes_mark: str = ""
    lists: str = ""
    values: tuple[Any, ...] | None = None

    @property
    def item(self) -> Item | None:
        """Made anew each time: a thousand items at once are work for Python's garbage collection."""
        if self.values is None:
            return None
        return Item.from_row(*_clean(self.values, self.lists))


def read_channel(show_id: int, now: datetime) -> Channel | None:
    sql, parameters = channel_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, show_id, now))
        row = cursor.fetchone()
    return Channel.from_row(_storable(json.loads(row[0]))) if row else None


def read_items(
    show_id: int, now: datetime, known: Collection[str] = (), known_notes: Collection[str] = ()
) -> list[ItemRow]:
    """The published episodes as of `now` (aware), newest first; those of a known fingerprint without their values.

    One query when all fingerprints are known, or none; else a second one for the values of the others. Where none is
    known, the notes whose mark is among `known_notes` stay away as well.
    """
    if not known:
        return _ask_values(items_sql(), show_id, now, known_notes)
    marks = _ask(fingerprints_sql(), show_id, now)
    unknown = [id for id, _, mark in marks if mark not in known]
    asked = _ask_values(items_sql(chosen=True), show_id, now, (), unknown) if unknown else []
    values = {row.id: row for row in asked}
    # What was withdrawn between the two questions is left out.
    return [
        values.get(id) or ItemRow(id, published_s, mark)
        for id, published_s, mark in marks
        if mark in known or id in values
    ]


def _ask(
    question: tuple[str, Parameters],
    show_id: int,
    now: datetime,
    known_notes: Collection[str] = (),
    ids: list[int] | None = None,
) -> list[Any]:
    sql, parameters = question
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, show_id, now, known_notes, ids))
        rows: list[Any] = cursor.fetchall()
    return rows


def _ask_values(question: tuple[str, Parameters], *asked: Any) -> list[ItemRow]:
    return [ItemRow._make((*row[:5], row[5:])) for row in _ask(question, *asked)]


def _clean(values: tuple[Any, ...], lists: str) -> tuple[Sequence[Any], Sequence[Any]]:
    """Both, read. Fields strip what XML cannot hold; what came in past them is stripped here."""
    if _SUSPECT.search("".join([value for value in values if value.__class__ is str])):
        values = tuple(_storable(value) for value in values)
    read = json.loads(lists)
    return values, _storable(read) if _SUSPECT_JSON.search(lists) else read


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    return value
