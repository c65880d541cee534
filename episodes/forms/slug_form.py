"""A form with a part of an address in it, which no page of ours may already have."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from episodes.identity import SlugError, check_slug, propose_slug


class SlugForm:
    """Mixed into a model form with a field "slug"; scripts fill it from the title, without them the form does."""

    cleaned_data: dict[str, Any]
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "Its part of the address. Empty: made from the name above."

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if not slug:
            name = self.cleaned_data.get("title") or self.cleaned_data.get("name") or ""
            slug = propose_slug(name, fallback="")
        if not slug:
            raise ValidationError("No address can be made from this name. Write one: letters a to z, digits, hyphens.")
        try:
            check_slug(slug)
        except SlugError as error:
            raise ValidationError(str(error)) from error
        return slug
