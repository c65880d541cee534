"""Who changed what, as sentences; and the way back to an earlier version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

# What a return to earlier words must not move: identity, publication, files.
KEPT = frozenset({"id", "guid", "guid_is_permalink", "podcast_guid", "state", "published_at", "deleted_at", "show"})
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


@transaction.atomic
def return_to(row: models.Model, version_id: int) -> list[str]:
    """Give the row the words it had in this version; the labels of the fields that changed.

    GUID, state, dates and files stay. Raises ValueError when the version is not this row's.
    """
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    version = locked.history.filter(history_id=version_id).first()  # type: ignore[attr-defined]
    if version is None:
        raise ValueError("This version is not in the history of this page. Open the history again.")
    changed: dict[str, models.Field] = {}
    for field in _words(locked):
        old = getattr(version, field.attname)
        if getattr(locked, field.attname) != old:
            setattr(locked, field.attname, old)
            changed[field.name] = field
    if changed:
        counted = ["version"] if hasattr(locked, "version") else []
        if counted:
            locked.version += 1  # type: ignore[attr-defined]
        stamped = ["changed_at"] if hasattr(locked, "changed_at") else []
        locked.full_clean(validate_unique=True)
        locked.save(update_fields=[*changed, *counted, *stamped])
    return [str(field.verbose_name).capitalize() for field in changed.values()]


def _words(row: models.Model) -> Iterable[Any]:
    """The editable columns that history keeps and that may go back; files are not words."""
    tracked = {field.name for field in row.history.model.tracked_fields}  # type: ignore[attr-defined]
    for field in row._meta.concrete_fields:
        if (
            field.name in tracked
            and field.editable
            and field.name not in KEPT
            and not isinstance(field, models.FileField)
        ):
            yield field


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
