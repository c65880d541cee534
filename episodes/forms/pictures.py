"""Upload fields for pictures that say at once whether a picture can be used."""

from collections.abc import Callable
from typing import Any

from django import forms

from episodes.artwork import ArtworkError, Picture


class PictureField(forms.FileField):
    """A picture that `prepare` (of the plain floor) accepts; its sentence is the field's error otherwise."""

    def __init__(self, *, prepare: Callable[[bytes], Picture], **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            error_messages={"empty": "This picture is an empty file (0 bytes). Export it again."},
            **kwargs,
        )
        self.prepare = prepare

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            try:
                if upload.size > 40_000_000:
                    raise ArtworkError("This picture has more than 40 MB; 30 MB are the limit. Export it as JPEG.")
                upload.seek(0)
                self.prepare(upload.read())
                upload.seek(0)
            except ArtworkError as error:
                raise forms.ValidationError(str(error)) from error
        return upload
