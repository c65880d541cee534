"""Who changed what of a row, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

MOST_SHOWN = 200


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One saving of a row. `version_id` leads back to how the row was after it."""

    version_id: int
    when: datetime
    who: str
    kind: str
    fields: tuple[FieldChange, ...]


def changes_of(row: models.Model) -> list[Change]:
    """The history of a row, newest first; savings that changed nothing are left out."""
    versions = list(row.history.select_related("history_user").order_by("-history_date", "-history_id")[:MOST_SHOWN])  # type: ignore[attr-defined]
    found = []
    for count, version in enumerate(versions):
        before = versions[count + 1] if count + 1 < len(versions) else None
        fields = tuple(_differences(version, before)) if before is not None else ()
        if fields or version.history_type == "+":
            user = version.history_user
            who = (user.get_full_name() or user.get_username()) if user else "The site itself"
            kind = {"+": "Made", "-": "Deleted"}.get(version.history_type, "Changed")
            found.append(Change(version.history_id, version.history_date, who, kind, fields))
    return found


def _differences(version: Any, before: Any) -> Iterable[FieldChange]:
    for change in version.diff_against(before, foreign_keys_are_objs=True).changes:
        try:
            field = version.instance_type._meta.get_field(change.field)
        except FieldDoesNotExist:  # a column of earlier days
            yield FieldChange(change.field.capitalize(), _shown(change.old), _shown(change.new))
            continue
        # Rows of a many-to-many table come as dictionaries that name both sides; the other side is meant.
        side = field.m2m_reverse_field_name() if field.many_to_many else ""
        yield FieldChange(str(field.verbose_name).capitalize(), _shown(change.old, side), _shown(change.new, side))


def _shown(value: Any, side: str = "") -> str:
    if isinstance(value, list):
        return ", ".join(str(row.get(side, "")) if isinstance(row, dict) else str(row) for row in value)
    return "" if value is None else str(value)
