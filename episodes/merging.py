"""Keep two people who edit one row from overwriting each other unseen."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone

_SEEN = "seen"


def canonical(value: Any) -> Any:
    """A value of a row or a form as JSON can hold and compare it."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, models.QuerySet | models.Manager):
        return sorted(value.values_list("pk", flat=True))
    if isinstance(value, list | tuple | set):
        return sorted(canonical(v) for v in value)
    return str(value).replace("\r\n", "\n").strip()


class MergingForm(forms.ModelForm):
    """A model form that carries what its user was shown (`seen`), and saves only what the user changed.

    What another person changed meanwhile is kept where this user left it alone. Where both changed the same field,
    nothing is saved: the form comes back with the user's own text in its field, the other version beside it, and
    saving again then is a choice made with open eyes.
    """

    # Fields of the form that stand for other rows, as text: name → how it is read from the instance.
    stored_texts: ClassVar[dict[str, Callable[[Any], str]]] = {}

    # Why the form could not be saved a moment ago, if it could not: storing failed after all had been found good.
    problem: ClassVar[str] = ""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: dict[str, Any] = {}
        if self.instance.pk is not None and _SEEN in self.fields:
            self.initial[_SEEN] = self._snapshot()

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != _SEEN]

    def _compared(self) -> list[str]:
        return [
            name
            for name in self.fields
            if name != _SEEN and (name in self.stored_texts or self._stored_field(name) is not None)
        ]

    def _stored_field(self, name: str) -> Any:
        try:
            return self.instance._meta.get_field(name)
        except FieldDoesNotExist:
            return None

    def _stored(self, name: str) -> Any:
        if name in self.stored_texts:
            return canonical(self.stored_texts[name](self.instance))
        if self._stored_field(name).many_to_many:
            return canonical(getattr(self.instance, name).all())
        return canonical(self._stored_field(name).value_from_object(self.instance))

    def _snapshot(self) -> str:
        return json.dumps({name: self._stored(name) for name in self._compared()})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.problem:
            raise ValidationError(self.problem)
        if self.instance.pk is None or _SEEN not in self.fields:
            return cleaned
        seen = self._seen()
        for name in self._compared():
            if name not in cleaned or name not in seen:
                continue
            mine, stored = canonical(cleaned[name]), self._stored(name)
            if mine == stored or stored == seen[name]:
                continue
            if mine == seen[name]:
                cleaned[name] = self._value_to_keep(name)
            else:
                self.conflicts[name] = stored
        if self.conflicts:
            self._show_conflicts()
        return cleaned

    def _seen(self) -> dict[str, Any]:
        try:
            seen = json.loads(self.cleaned_data.get(_SEEN) or "{}")
        except (ValueError, RecursionError):
            seen = {}
        if not isinstance(seen, dict) or not seen:
            raise ValidationError(
                "This form has lost its memory of what you were shown, so nothing was saved. Copy your text, "
                "open the page again and paste it."
            )
        return seen

    def _value_to_keep(self, name: str) -> Any:
        if name in self.stored_texts:
            return self.stored_texts[name](self.instance)
        field = self._stored_field(name)
        return getattr(self.instance, name).all() if field.many_to_many else getattr(self.instance, name)

    def _show_conflicts(self) -> None:
        who = self._last_editor()
        for name, stored in self.conflicts.items():
            theirs = self._in_words(name, stored)
            self.add_error(
                name,
                f"{who} changed this while you were writing. The stored version is now: “{theirs}”. "
                "Yours is in the field. Keep yours, or copy from theirs, then save again.",
            )
        # What is shown now is what the user has seen: saving again is a decision.
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict in tests
        data[self.add_prefix(_SEEN)] = self._snapshot()
        self.data = data

    def _in_words(self, name: str, stored: Any) -> str:
        if name in self.stored_texts:
            return str(stored) or "nothing"
        field = self._stored_field(name)
        if field.many_to_many:
            return ", ".join(str(v) for v in getattr(self.instance, name).all()) or "nothing"
        if field.is_relation:
            return str(getattr(self.instance, name) or "nothing")
        shown = getattr(self.instance, f"get_{name}_display", None)
        return str(shown() if callable(shown) else stored) or "nothing"

    def _last_editor(self) -> str:
        history = getattr(self.instance, "history", None)
        last = history.select_related("history_user").first() if history is not None else None
        user = getattr(last, "history_user", None)
        return (user.get_full_name() or user.get_username()) if user else "Someone else"
