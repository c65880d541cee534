"""A form with a part of an address in it, which no page of ours may already have."""

from typing import Any

from django.core.exceptions import ValidationError

from episodes.identity import SlugError, check_slug


class SlugForm:
    """Mixed into a model form with a field "slug"."""

    cleaned_data: dict[str, Any]

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        try:
            check_slug(slug)
        except SlugError as error:
            raise ValidationError(str(error)) from error
        return slug
