"""The form of an episode's chapter pictures: one file and its words for each chapter."""

from typing import Any

from django import forms

from episodes.artwork import Picture, prepare_picture
from episodes.forms.pictures import PictureField
from episodes.models import Chapter
from episodes.timecode import format_clock


def _prepare(data: bytes) -> Picture:
    return prepare_picture(data, "picture")


class ChapterPictureForm(forms.Form):
    """One chapter's picture. Nothing chosen and nothing written leaves it as it is."""

    file = PictureField(label="Picture", prepare=_prepare)
    alt = forms.CharField(
        label="What it shows", required=False, max_length=500, widget=forms.TextInput(attrs={"size": 60})
    )
    remove = forms.BooleanField(label="Take the picture away", required=False)

    def __init__(self, chapter: Chapter, *args: Any, sent: Any = None, **kwargs: Any) -> None:
        """`sent`: fields of a form that was not saved; its words stand beside the stored ones."""
        self.chapter = chapter
        super().__init__(*args, prefix=f"at-{chapter.start_ms}", initial={"alt": chapter.image_alt}, **kwargs)
        about = f"{format_clock(chapter.start_ms)} {chapter.title}"
        for name, field in self.fields.items():
            self.fields[name].widget.attrs["aria-label"] = f"{field.label}: {about}"
        words = (sent or {}).get(self.add_prefix("alt"), "").strip()
        if words and words != chapter.image_alt:
            self.fields["alt"].help_text = f"In the form you sent: “{words}”."
        if not chapter.image:
            del self.fields["remove"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shown = cleaned.get("file") or (self.chapter.image and not cleaned.get("remove"))
        if shown and not (cleaned.get("alt") or "").strip() and "file" not in self.errors:
            self.add_error("alt", "Say in a few words what the picture shows, for people who cannot see it.")
        return cleaned


def picture_forms(
    chapters: list[Chapter], data: Any = None, files: Any = None, sent: Any = None
) -> list[ChapterPictureForm]:
    return [ChapterPictureForm(chapter, data, files, sent=sent) for chapter in chapters]
