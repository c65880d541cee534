"""What a person fills in to move a show here."""

from typing import Any

from django import forms

from publishing.importing.fetching import MOST_FEED_BYTES


class MoveForm(forms.Form):
    address = forms.URLField(
        label="Address of the feed",
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text="Your present host shows it as “RSS feed”.",
        widget=forms.URLInput(attrs={"class": "vLargeTextField"}),
    )
    feed_file = forms.FileField(
        label="Or a feed file", required=False, help_text="An .xml file saved from the old host."
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        upload = cleaned.get("feed_file")
        if not self.errors and not cleaned.get("address") and not upload:
            raise forms.ValidationError("Give the feed's address, or choose a feed file.")
        if upload and upload.size > MOST_FEED_BYTES:
            raise forms.ValidationError(
                f"This file has {upload.size / 1e6:.0f} MB; no podcast feed has more than "
                f"{MOST_FEED_BYTES // 1_000_000}. Choose the feed, not the audio."
            )
        return cleaned
