"""Forms of shows, people and topics, with their pictures."""

from itertools import zip_longest
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from episodes.artwork import prepare_cover, prepare_picture
from episodes.forms.pictures import PictureField
from episodes.forms.slug_form import SlugForm
from episodes.forms.web_address import web_address_first
from episodes.merging import MergingForm
from episodes.models import Episode, Season, Show, Speaker, Topic
from episodes.start_here import picks_of

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
        own = Episode.objects.kept().filter(show=self.instance).newest_first()
        for name, pick in zip_longest(START_FIELDS, picks_of(self.instance)):
            self.fields[name].queryset = own
            self.fields[name].initial = pick

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
