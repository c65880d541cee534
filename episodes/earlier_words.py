"""Give a row the words back that it had in an earlier version."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

# What a return to earlier words must not move: identity, publication, a person's consent, where a show has moved to.
KEPT = frozenset(
    {"id", "guid", "guid_is_permalink", "podcast_guid", "state", "published_at", "deleted_at", "show"}
    | {"hidden", "consent_on", "consent_note"}
    | {"moved_to", "blocked", "complete"}
)


@transaction.atomic
def return_to(row: models.Model, version_id: int) -> list[str]:
    """Give the row the words it had in this version; the labels of the fields that changed.

    GUID, state, dates, consent and files stay. Raises ValueError when the version is not this row's.
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
