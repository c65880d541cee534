"""Checks of single values, with the sentence a producer reads."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

language_code = RegexValidator(
    r"^[a-z]{2}(-[a-zA-Z0-9]{2,8})*$",
    'Write the language as its two-letter code, with a region if wanted: "en", "sv", "en-us".',
)

geo_uri = RegexValidator(
    r"^geo:-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?(,-?\d+(\.\d+)?)?(;[\w=.-]+)*$",
    'Write the place as RFC 5870 says: "geo:59.3293,18.0686" (latitude, longitude).',
)

osm_id = RegexValidator(r"^[NWR]\d+$", 'Write the OpenStreetMap object as N, W or R and its number: "R113314".')

country_code = RegexValidator(r"^[A-Z]{2}$", 'Write the country as two capital letters: "SE".')

orcid_id = RegexValidator(
    r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", "Write the ORCID as 0000-0002-1825-0097, without the address."
)

_RRULE_PART = re.compile(r"^[A-Z]+=[A-Z0-9,+:-]+$")


def recurrence_rule(value: str) -> None:
    """An RFC 5545 RRULE without its name, such as FREQ=WEEKLY;INTERVAL=2;BYDAY=MO."""
    parts = value.split(";")
    if not all(_RRULE_PART.match(part) for part in parts) or not any(part.startswith("FREQ=") for part in parts):
        raise ValidationError(f'"{value}" is not a recurrence rule. Write one such as FREQ=WEEKLY;INTERVAL=2;BYDAY=MO.')
