"""A person in an episode: one of those known here, or a new one by name."""

from typing import Any

from django import forms

from episodes.merging import MergingForm
from episodes.models import Appearance
from episodes.people import LONGEST_NAME, known_person, person_named


class AppearanceForm(MergingForm):
    """Who is new here gets a page of their own by their name alone; what else is to be said of them can wait."""

    may_add_people = False

    new_person = forms.CharField(
        label="or a new one",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"size": 20, "placeholder": "Name", "autocomplete": "off"}),
    )

    class Meta:
        model = Appearance
        fields = ("speaker", "role", "affiliation", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speaker"].required = False
        if not self.may_add_people:
            del self.fields["new_person"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = cleaned["new_person"] = " ".join((cleaned.get("new_person") or "").split())
        if name and cleaned.get("speaker") and "speaker" in self.changed_data:
            self.add_error("new_person", "A person is chosen and another one named. Empty one of the two.")
        elif not name and not cleaned.get("speaker") and "speaker" not in self.errors:
            self.add_error("speaker", "Choose a person, or write the name of a new one.")
        elif name and (known := known_person(name)):
            # As if chosen: so it is seen here when this person already has this role.
            cleaned["speaker"], cleaned["new_person"] = known, ""
        return cleaned

    def save(self, commit: bool = True) -> Appearance:
        if name := self.cleaned_data["new_person"]:
            self.instance.speaker = person_named(name)
        return super().save(commit)


class AppearanceRows(forms.BaseInlineFormSet):
    """The people of one episode. Who is new stands in no table yet, so that only here two such rows can meet."""

    def clean(self) -> None:
        super().clean()
        met: set[tuple[str, str]] = set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            row = ((cleaned.get("new_person") or "").lower(), cleaned.get("role", ""))
            if not row[0] or self._should_delete_form(form):
                continue
            if row in met:
                form.add_error("new_person", "This person is already listed in this role.")
            met.add(row)
