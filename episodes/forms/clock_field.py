"""A moment or a length of time as producers write it, kept in milliseconds."""

from typing import Any

from django import forms

from episodes.timecode import TimecodeError, format_clock_exact, parse_time


class ClockField(forms.CharField):
    """A clock time in the form, such as 1:15 or 1:02:03.5; whole milliseconds in the row.

    What is no time is refused in timecode's own sentence.
    """

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("widget", forms.TextInput(attrs={"size": 10, "placeholder": "1:15"}))
        super().__init__(**settings)

    def prepare_value(self, value: Any) -> Any:
        return format_clock_exact(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_time(text)
        except TimecodeError as refused:
            raise forms.ValidationError(str(refused), code="not_a_time") from refused

    def run_validators(self, value: Any) -> None:
        """None: a text's length and characters say nothing about milliseconds, and parse_time has judged them."""
