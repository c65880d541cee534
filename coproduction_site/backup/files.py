"""The site's files by name: those that lie in the storages, those that rows expect there."""

from collections.abc import Iterator

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db.models import FileField

from episodes.models.fields import private_storage

AREAS = ("public", "private")
# Comes and goes by itself.
_PASSING = ("health", "incoming")


def storage_of(area: str) -> Storage:
    return default_storage if area == "public" else private_storage()


def area_of(storage: Storage) -> str:
    return "private" if storage is private_storage() else "public"


def all_files(area: str) -> Iterator[str]:
    """Names of all files in an area, folder by folder, in order; half-written ones (named with a dot first) not."""
    yield from files_in(storage_of(area))


def files_in(storage: Storage) -> Iterator[str]:
    yield from _below(storage, "")


def expected_files() -> set[tuple[str, str]]:
    """(area, name) of every file that a row of any table names, renditions included."""
    found: set[tuple[str, str]] = set()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                names = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                found.update((area_of(field.storage), name) for name in names if name)
            elif field.name.endswith("_renditions"):
                for renditions in model._base_manager.values_list(field.name, flat=True):
                    found.update(("public", rendition["name"]) for rendition in renditions or [])
    return found


def _below(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was stored yet
        return
    for name in sorted(files):
        if name and not name.startswith("."):
            yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        if name and not name.startswith(".") and not (not folder and name in _PASSING):
            yield from _below(storage, f"{folder}/{name}" if folder else name)
