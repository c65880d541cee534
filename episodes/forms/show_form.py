"""Forms of shows, people and topics, with their pictures."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property

from episodes.artwork import prepare_cover, prepare_picture
from episodes.forms.pictures import PictureField
from episodes.forms.slug_form import SlugForm
from episodes.forms.web_address import web_address_first
from episodes.merging import MergingForm, canonical
from episodes.models import Episode, Season, Show, Speaker, Topic

START_FIELDS = ("start_first", "start_second", "start_third")


class ShowForm(SlugForm, MergingForm):
    start_first = forms.ModelChoiceField(Episode.objects.none(), required=False, label="Start with")
    start_second = forms.ModelChoiceField(Episode.objects.none(), required=False, label="then")
    start_third = forms.ModelChoiceField(
        Episode.objects.none(),
        required=False,
        label="and then",
        help_text="Up to three episodes that the show's page offers to who has never heard it.",
    )
    artwork_file = PictureField(
        label="Cover", prepare=prepare_cover, help_text="A square of 1400 to 3000 pixels, JPEG or PNG; 3000 is best."
    )

    renew_published = forms.BooleanField(
        required=False,
        label="Also renew the files of published episodes",
        help_text=(
            "Title, author and cover stand inside the audio files too. Episodes that are not public yet get new files "
            "by themselves. Published files are left alone unless you tick this: the sound stays the same, but the "
            "files are new, so apps may download them again. Old addresses lead on to the new files."
        ),
    )

    class Meta:
        model = Show
        formfield_callback = web_address_first
        fields = (
            "title", "slug", "tagline", "description", "about", "author", "owner_name", "owner_email", "language",
            "category", "second_category", "explicit", "type", "medium", "artwork_alt", "copyright", "licence",
            "licence_url", "website", "podcast_guid", "locked", "moved_to", "complete", "blocked", "publisher_guid",
            "publisher_feed", "location_name", "location_geo", "location_osm", "location_country", "update_rule",
            "update_label", "update_starts_at", "uses_podping", "feed_limit", "encode_audio", "offer_small_audio",
            "time_zone", "chat_server", "chat_protocol", "chat_account", "chat_space",
        )  # fmt: skip
        labels = {"artwork_alt": "The cover shows"}
        widgets = {name: forms.TextInput(attrs={"size": 80}) for name in ("title", "slug", "tagline", "artwork_alt")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        for name, pick in self._picks.items():
            self.fields[name].queryset = self._own_episodes()
            self.fields[name].initial = pick and pick.pk

    def _own_episodes(self) -> QuerySet[Episode]:
        return Episode.objects.kept().filter(show=self.instance).newest_first()

    @cached_property
    def _picks(self) -> dict[str, Episode | None]:
        """The stored picks by their fields. Who saves has locked the show, so that what is read once stays true."""
        stored = self._own_episodes().filter(start_here__isnull=False).order_by("start_here__position", "pk")
        return dict(zip(START_FIELDS, [*stored, *[None] * len(START_FIELDS)], strict=False))

    # Picks are rows of their own, compared like any field: nobody takes a colleague's away by saving an older form.

    def _compared(self) -> list[str]:
        return [*super()._compared(), *(START_FIELDS if self.instance.pk else ())]

    def _stored(self, name: str) -> Any:
        return canonical(self._picks[name]) if name in START_FIELDS else super()._stored(name)

    def _value_to_keep(self, name: str) -> Any:
        return self._picks[name] if name in START_FIELDS else super()._value_to_keep(name)

    def _in_words(self, name: str, stored: Any) -> str:
        return str(self._picks[name] or "nothing") if name in START_FIELDS else super()._in_words(name, stored)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = [pick for name in START_FIELDS if (pick := cleaned.get(name))]
        if len(set(chosen)) < len(chosen):
            self.add_error("start_third", "An episode is chosen twice. Choose another one, or leave that place empty.")
        cleaned["start_here"] = chosen
        return cleaned

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise ValidationError(f'"{name}" is not a time zone. Write it as Area/City, such as Europe/Stockholm.')
        return name


class SpeakerForm(SlugForm, MergingForm):
    photo_file = PictureField(
        label="Photo", prepare=prepare_picture, help_text="JPEG or PNG, 768 pixels or more on each side."
    )

    class Meta:
        model = Speaker
        formfield_callback = web_address_first
        fields = (
            "name", "slug", "bio", "affiliation", "pronouns", "orcid", "website", "photo_alt", "consent_on",
            "consent_note", "hidden",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("photo_file") and not (cleaned.get("photo_alt") or "").strip():
            self.add_error("photo_alt", "Say in a few words what the photo shows, for people who cannot see it.")
        return cleaned


class SeasonForm(MergingForm):
    class Meta:
        model = Season
        formfield_callback = web_address_first
        fields = ("show", "number", "name")


class TopicForm(SlugForm, MergingForm):
    class Meta:
        model = Topic
        formfield_callback = web_address_first
        fields = ("name", "slug", "description", "related")
        widgets = {"related": forms.CheckboxSelectMultiple}
