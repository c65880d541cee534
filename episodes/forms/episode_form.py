"""The form of an episode: texts, audio, cover and chapters in one page."""

from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from episodes.artwork import prepare_cover
from episodes.audio.probe import AudioError, AudioInfo, probe_audio
from episodes.chapter_files import read_chapters
from episodes.chapters import ChapterError, ChapterMark, format_lines, parse_lines
from episodes.filing import FilingError, local_path
from episodes.forms.pictures import PictureField
from episodes.forms.slug_form import SlugForm
from episodes.forms.web_address import web_address_first
from episodes.merging import MergingForm
from episodes.models import Episode, Season
from episodes.processing import refuse_unless_served
from episodes.production import chapter_marks
from episodes.uploads import UploadError, discard_upload, find_upload, most_bytes, open_arrived


class EpisodeForm(SlugForm, MergingForm):
    audio_file = forms.FileField(
        label="Audio file",
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/mpeg,audio/mp4,audio/x-m4a,audio/wav,audio/flac,.mp3,.m4a"}),
        error_messages={"empty": "This file is empty (0 bytes). Export it again and upload the new file."},
    )
    # The file may have come up before, piece by piece; then the form only names it.
    audio_token = forms.CharField(required=False, widget=forms.HiddenInput)
    artwork_file = PictureField(
        label="Cover",
        prepare=prepare_cover,
        help_text="A square of 1400 to 3000 pixels, JPEG or PNG. Without one the show's cover is used.",
    )
    chapters_text = forms.CharField(
        label="Chapters",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80, "spellcheck": "true"}),
        help_text="One on each line: 03:15 Title. A link may follow: 03:15 Title | https://example.org",
    )
    chapters_file = forms.FileField(
        label="or a chapters file",
        required=False,
        help_text="Podcasting 2.0 JSON, Podlove XML, Audacity labels or mp4chaps. It replaces the lines above.",
    )

    stored_texts: ClassVar = {"chapters_text": lambda episode: format_lines(chapter_marks(episode))}
    user: Any = None
    audio_info: AudioInfo | None = None

    class Meta:
        model = Episode
        formfield_callback = web_address_first
        fields = (
            "show", "season", "number", "display_number", "kind", "title", "slug", "summary", "show_notes", "explicit",
            "topics", "artwork_alt", "disclosure", "location_name", "location_geo", "location_osm", "location_country",
            "licence", "licence_url", "social_uri", "social_protocol",
        )  # fmt: skip
        labels = {
            "artwork_alt": "The cover shows",
            "social_uri": "Discussion at",
            "social_protocol": "Discussed by way of",
        }
        widgets = {
            "title": forms.TextInput(attrs={"size": 80}),
            "slug": forms.TextInput(attrs={"size": 80}),
            "artwork_alt": forms.TextInput(attrs={"size": 80}),
            "topics": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 4, "cols": 80}),
            "show_notes": forms.Textarea(attrs={"rows": 14, "cols": 80}),
            "disclosure": forms.Textarea(attrs={"rows": 3, "cols": 80}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "audio_file" in self.fields:
            self.fields[
                "audio_file"
            ].help_text = (
                f"MP3 or M4A, up to {settings.AUDIO_MAX_MB} MB. What it replaces stays until this one is checked."
            )
        if self.instance.pk and "chapters_text" in self.fields:
            self.initial["chapters_text"] = format_lines(chapter_marks(self.instance))
        if self.instance.pk and "season" in self.fields:
            self.fields["season"].queryset = Season.objects.filter(show=self.instance.show)

    def _clean_audio(self, cleaned: dict[str, Any]) -> None:
        upload, token = cleaned.get("audio_file"), cleaned.get("audio_token")
        try:
            if not upload and token and self.user is not None:
                upload = cleaned["audio_file"] = open_arrived(self.user, token)
            if upload:
                with local_path(upload) as path:
                    self.audio_info = probe_audio(path, most_bytes())
                refuse_unless_served(self.audio_info, cleaned.get("show"))
        except (AudioError, FilingError, UploadError) as error:
            cleaned["audio_file"] = None
            self.add_error("audio_file", str(error))

    def forget_upload(self) -> None:
        """The file is kept under its own name now: what came up piece by piece is no longer needed."""
        token = self.cleaned_data.get("audio_token")
        if token and self.user is not None:
            with suppress(UploadError):
                discard_upload(find_upload(self.user, token))

    def clean_chapters_file(self) -> list[ChapterMark] | None:
        upload = self.cleaned_data["chapters_file"]
        if not upload:
            return None
        try:
            return read_chapters(upload.read(2_100_000))
        except ChapterError as error:
            raise ValidationError(str(error).splitlines()) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        season, show = cleaned.get("season"), cleaned.get("show")
        if season and show and season.show_id != show.pk:
            self.add_error("season", f"This season belongs to the show “{season.show}”. Choose one of “{show}”.")
        self._clean_audio(cleaned)
        self._clean_chapters(cleaned)
        return cleaned

    def _clean_chapters(self, cleaned: dict[str, Any]) -> None:
        """Lines are checked against the audio that comes with this very form, if one does."""
        duration_ms = self.audio_info.duration_ms if self.audio_info else self.instance.duration_ms
        if cleaned.get("chapters_file") is not None:
            cleaned["chapters"] = cleaned["chapters_file"]
            return
        try:
            cleaned["chapters"] = parse_lines(cleaned.get("chapters_text") or "", duration_ms)
        except ChapterError as error:
            self.add_error("chapters_text", str(error).splitlines())

    @property
    def chapters_changed(self) -> bool:
        """Whether the lines (or a file) say something other than what is stored."""
        return "chapters" in self.cleaned_data and (
            "chapters_text" in self.changed_data or "chapters_file" in self.changed_data
        )

    @property
    def tags_changed(self) -> bool:
        """Whether something changed that is worth new tags in the audio file, and so a new file.

        A corrected word in the summary of a published episode is not: apps might download the whole of it again.
        """
        named = {"title", "artwork_file", "show"}
        if not self.instance.is_published:
            named |= {"number", "summary", "disclosure"}
        return self.chapters_changed or bool(named & set(self.changed_data))
