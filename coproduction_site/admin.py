"""What the porch tells the producers' desk: when the site was last backed up."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone

from coproduction_site.backup.making import REPORT
from episodes.desk import Card, register_cards
from episodes.models import SiteReport

# The timer that the guide sets up backs up each night; a week without one is a reason to ask.
OLD_AFTER = timedelta(days=8)


@register_cards
def backup_cards(user: Any) -> Iterable[Card]:
    last = SiteReport.objects.filter(pk=REPORT).first()
    if last is None:
        yield Card("Backup", "None has been made here yet. Ask the person who runs the server.")
        return
    size = last.facts.get("bytes", 0) / 1e6
    made = f"{naturaltime(last.made_at)} ({last.made_at:%d %b %Y, %H:%M} UTC), {size:,.0f} MB."
    old = last.made_at < timezone.now() - OLD_AFTER
    if last.faults:
        yield Card("Backup with gaps", f"Made {made} {' '.join(last.faults)}", urgent=True)
    elif old:
        yield Card("Backup is old", f"The last was made {made} Ask the person who runs the server.", urgent=True)
    else:
        yield Card("Backup", f"Made {made}")
