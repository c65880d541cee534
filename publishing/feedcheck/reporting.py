"""Check feeds by the hour and when somebody asks, and keep what was found, with its time, for the desk."""

import logging

from django.utils import timezone

from episodes.models import Episode, Show, SiteReport
from publishing.feedcheck.rules import Finding, Need
from publishing.feedcheck.running import check_show

logger = logging.getLogger(__name__)

# Each hour only the newest, since its audio is read whole; the button on the feed's page and the command look at more.
EPISODES_EACH_HOUR = 1


def report_name(show_id: int) -> str:
    return f"feed-{show_id}"


def check_and_keep(show: Show, episodes: int | None = None) -> list[Finding]:
    """Check the feed now and keep the report; what was found, MUST first."""
    found = check_show(show) if episodes is None else check_show(show, episodes)
    SiteReport.objects.update_or_create(
        name=report_name(show.pk),
        defaults={
            "made_at": timezone.now(),
            "faults": [str(finding) for finding in found if finding.need == Need.MUST],
            "hints": [str(finding) for finding in found if finding.need != Need.MUST],
        },
    )
    return found


def check_all() -> None:
    """The hourly job. One show that cannot be checked does not keep the others waiting."""
    for show in Show.objects.filter(pk__in=Episode.objects.published().values("show"), moved_to="").order_by("pk"):
        try:
            check_and_keep(show, EPISODES_EACH_HOUR)
        except Exception:
            logger.exception("The feed of %s could not be checked.", show.slug)


def report_of(show_id: int) -> SiteReport | None:
    return SiteReport.objects.filter(pk=report_name(show_id)).first()
