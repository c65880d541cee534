"""The transcripts of an episode in the episode's own form."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from episodes import desk
from transcripts.forms import TranscriptForm
from transcripts.ingest import ingest_transcript
from transcripts.models import Transcript


class InlineTranscriptForm(TranscriptForm):
    class Meta(TranscriptForm.Meta):
        fields = ("language", "state", "origin")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].required = False
        self.fields["language"].help_text = "Empty: the show's."
        # A row of a table shows its labels once, above; screen readers need them at each field.
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"Transcript: {field.label or name}"

    def clean_language(self) -> str:
        if self.cleaned_data["language"] or self.instance.episode_id is None:
            return self.cleaned_data["language"]  # of an episode that is being made now: chosen in save()
        return self.instance.episode.show.language

    def save(self, commit: bool = True) -> Transcript:
        """A new file goes through the ingest step, which makes or keeps the row."""
        if not self.has_new_words():
            if self.instance.pk is None or not commit:
                return super().save(commit)
            # Only what stands here: the words may be edited meanwhile, and their revision is not this form's to write.
            own = [name for name in self.changed_data if name in self._meta.fields]
            self.instance.save(update_fields=[*own, "changed_at"])
            return self.instance
        self.instance.language = self.cleaned_data["language"] or self.instance.episode.show.language
        report = ingest_transcript(
            self.instance.episode,
            self.content,
            self.cleaned_data["file"].name or "",
            language=self.instance.language,
        )
        chosen = {name: self.cleaned_data[name] for name in ("state", "origin")}
        Transcript.objects.filter(pk=report.transcript.pk).update(**chosen)
        self.instance = Transcript.objects.get(pk=report.transcript.pk)
        self.save_m2m = lambda: None
        return self.instance


class TranscriptInline(admin.TabularInline):
    model = Transcript
    form = InlineTranscriptForm
    extra = 1
    max_num = 8
    fields = ("language", "file", "state", "origin", "pages", "seen")
    readonly_fields = ("pages",)
    show_change_link = False

    @admin.display(description="pages")
    def pages(self, transcript: Transcript) -> str:
        if not transcript.pk:
            return ""
        edit, voices, facts = (
            reverse(f"admin:transcripts_transcript_{name}", args=[transcript.pk])
            for name in ("edit", "voices", "change")
        )
        return format_html(
            '<a href="{}">Text</a> · <a href="{}">Voices</a> · <a href="{}">Facts</a>', edit, voices, facts
        )


desk.register_inline(TranscriptInline)
