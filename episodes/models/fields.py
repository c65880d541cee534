"""Model fields whose values every later reader of the row can hold."""

from typing import cast

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.functional import LazyObject

from episodes.plaintext import storable


class PrivateStorage(LazyObject):
    """Settings' storage "private", looked up at first use (as Django's own default_storage is)."""

    def _setup(self):
        self._wrapped = storages["private"]


_private_storage = PrivateStorage()


def private_storage() -> Storage:
    """Where audio and files as received lie: never served by address, only through a view that checks."""
    return cast(Storage, _private_storage)  # it stands in for the real one, method by method


class StorableCharField(models.CharField):
    """A line of text; what XML or Postgres cannot hold is dropped on its way to the database."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return storable(value) if isinstance(value, str) else value


class StorableTextField(models.TextField):
    """Text of any length; what XML or Postgres cannot hold is dropped on its way to the database."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return storable(value) if isinstance(value, str) else value
