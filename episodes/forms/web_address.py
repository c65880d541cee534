"""An address typed without a scheme is one of the web."""

from typing import Any

from django import forms
from django.db import models


def web_address_first(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Form fields as usual, but an address typed without a scheme is taken as https (Django's default in 6.0)."""
    if isinstance(db_field, models.URLField):
        kwargs.setdefault("assume_scheme", "https")
    return db_field.formfield(**kwargs)
