from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format, get_format


def test_the_desk_writes_dates_as_a_team_in_several_countries_reads_them():
    moment = datetime(2026, 11, 28, 21, 5)

    with translation.override("en"):
        written = [date_format(moment, name) for name in ("DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT")]
        typed = get_format("DATE_INPUT_FORMATS")

    assert written == ["28 Nov 2026, 21:05", "28 Nov 2026", "21:05"]
    assert typed[0] == "%Y-%m-%d"  # as Django's calendar writes it
