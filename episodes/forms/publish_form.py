"""When an episode opens: now, or at an hour of the show's own clock."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

NOW, LATER = "now", "later"
FIRST, SECOND = "first", "second"
# Nobody plans for longer; a year with a slip of the finger in it would leave the calendar.
MOST_YEARS_AHEAD = 100


class PublishForm(forms.Form):
    when = forms.ChoiceField(
        choices=[(NOW, "Now"), (LATER, "At a later moment")], widget=forms.RadioSelect, initial=NOW, label="Publish"
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hour = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    which = forms.ChoiceField(
        required=False,
        choices=[
            (FIRST, "The first of the two, in summer time"),
            (SECOND, "The second, after the clocks have gone back"),
        ],
        widget=forms.RadioSelect,
        label="Which of the two?",
    )

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        self.zone = ZoneInfo(time_zone)
        self.doubled = False
        super().__init__(*args, **kwargs)
        self.fields["hour"].help_text = f"In the show's time zone, {time_zone}."

    def clean(self) -> dict[str, Any]:
        """`moment` is aware UTC, or None for now. Missing and doubled hours of a clock change are asked about."""
        cleaned = super().clean() or {}
        cleaned["moment"] = None
        if cleaned.get("when") != LATER:
            return cleaned
        day, hour = cleaned.get("day"), cleaned.get("hour")
        if not day or not hour:
            raise ValidationError("Choose a day and an hour.")
        if abs(day.year - timezone.now().year) > MOST_YEARS_AHEAD:
            raise ValidationError(f"The year {day.year} is too far away. Choose a day that is nearer.")
        local = datetime.combine(day, hour)
        first, second = local.replace(tzinfo=self.zone, fold=0), local.replace(tzinfo=self.zone, fold=1)
        if first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != local:
            raise ValidationError(
                f"{local:%H:%M} does not exist on this day: the clocks jump over it. Choose an hour before or after."
            )
        self.doubled = first.utcoffset() != second.utcoffset()
        if self.doubled and not cleaned.get("which"):
            raise ValidationError(
                f"{local:%H:%M} comes twice on this day, because the clocks go back. Choose which of the two you mean."
            )
        moment = second if cleaned.get("which") == SECOND else first
        cleaned["moment"] = moment.astimezone(UTC)
        if cleaned["moment"] <= timezone.now():
            raise ValidationError("This moment has passed. Choose a later one, or publish now.")
        return cleaned
