"""Forms of the words: they read what was uploaded and put errors where they belong."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from episodes.merging import MergingForm
from episodes.timecode import TimecodeError, parse_time
from transcripts.document import TranscriptError
from transcripts.edit import SegmentEdit
from transcripts.models import Transcript
from transcripts.reading import read_transcript
from transcripts.textfile import LARGEST_FILE_BYTES

ACCEPTED = ".txt,.docx,.vtt,.srt,.json,.html,.htm"


class TranscriptForm(MergingForm):
    """A transcript's facts and, if wanted, a new file for its words."""

    file = forms.FileField(
        required=False,
        label="Transcript file",
        help_text="Otter.ai export (text or Word), WebVTT, SRT, Podcasting 2.0 JSON, HTML or plain text.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    class Meta:
        model = Transcript
        fields = ("episode", "language", "state", "origin", "checked_on", "credit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["file"].required = True

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if upload:
            if upload.size > LARGEST_FILE_BYTES:  # before a byte of it is in memory
                raise ValidationError(
                    f"This file has {upload.size // 1024 // 1024} MB. Transcripts of up to "
                    f"{LARGEST_FILE_BYTES // 1024 // 1024} MB are read. Upload one episode's transcript only."
                )
            upload.seek(0)
            self.content = upload.read()
            try:
                read_transcript(self.content)
            except TranscriptError as error:
                raise ValidationError(f"{error} Nothing of it was stored.") from error
        return upload

    def has_new_words(self) -> bool:
        return bool(self.cleaned_data.get("file"))


class SegmentEditForm(forms.Form):
    """One sentence in the editor; `seen` is what the editor was shown."""

    seen = forms.CharField(widget=forms.HiddenInput)
    start = forms.CharField(required=False, max_length=20)
    voice = forms.CharField(required=False, max_length=200)
    text = forms.CharField(required=False, strip=False)
    paragraph = forms.BooleanField(required=False)
    join = forms.BooleanField(required=False)

    def __init__(self, *args: Any, segment_id: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"s{segment_id}", **kwargs)
        self.segment_id = segment_id

    def clean_start(self) -> int | None:
        text = self.cleaned_data["start"].strip()
        if not text:
            return None
        try:
            return parse_time(text)
        except TimecodeError as error:
            raise ValidationError(str(error)) from error

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def edit(self) -> SegmentEdit:
        data = self.cleaned_data
        return SegmentEdit(
            segment_id=self.segment_id,
            seen=data["seen"],
            text=data["text"],
            voice=data["voice"],
            start_ms=data["start"],
            starts_paragraph=data["paragraph"],
            joins_previous=data["join"],
        )
