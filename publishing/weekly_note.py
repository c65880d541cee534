"""A note for the team each Monday: what was heard, what was sought in vain, what waits."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from downloads.models import DailyDownload
from episodes.dashboard import cards_for
from episodes.models import Episode
from transcripts.search.misses import missed_between

logger = logging.getLogger(__name__)

SHOWN = 5


@dataclass(frozen=True)
class Week:
    """Seven whole UTC days that end yesterday."""

    first: date
    last: date

    @property
    def before(self) -> "Week":
        return Week(self.first - timedelta(days=7), self.last - timedelta(days=7))


def last_week(today: date) -> Week:
    return Week(today - timedelta(days=7), today - timedelta(days=1))


def send_weekly_note() -> int:
    """Mail the note to everyone of the team who has an address; how many got it.

    A mailbox that refuses it is logged and takes nothing from the others; raises OSError when all of them do.
    """
    people = [user for user in _team() if user.email]
    refusals: list[OSError] = []
    for user in people:
        try:
            send_mail("The week of your podcast", write_note(user), None, [user.email])
        except OSError as error:  # what a mail server says is one too
            logger.warning("The weekly note to user %s was not sent: %s", user.pk, type(error).__name__)
            refusals.append(error)
    if people and len(refusals) == len(people):
        raise refusals[0]
    return len(people) - len(refusals)


def write_note(user: User, today: date | None = None) -> str:
    """The note as plain text, with what this user may see."""
    week = last_week(today or timezone.now().date())
    parts = [
        f"{week.first:%A %d %B} to {week.last:%A %d %B}",
        "\n".join(_heard(week)),
        "\n".join(_sought(week)),
        "\n".join(_coming()),
        "\n".join(_waiting(user)),
        f"Everything else: {settings.SITE_URL}{reverse('admin:index')}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _team() -> Iterable[User]:
    role = Q(groups__name__in=("Producer", "Publisher")) | Q(is_superuser=True)
    return User.objects.filter(role, is_active=True, is_staff=True).distinct().order_by("pk")


def _heard(week: Week) -> Iterable[str]:
    total, before = _downloads(week), _downloads(week.before)
    if not total:
        yield "No downloads were counted this week."
        return
    compared = f"; {before} the week before" if before else ""
    yield f"{total} downloads{compared}."
    by_episode = (
        DailyDownload.objects.filter(day__range=(week.first, week.last))
        .values("episode__title")
        .annotate(total=Sum("downloads"))
        .order_by("-total", "episode__title")
    )
    for row in by_episode[:SHOWN]:
        yield f"- {row['total']}: {row['episode__title']}"


def _downloads(week: Week) -> int:
    days = DailyDownload.objects.filter(day__range=(week.first, week.last))
    return days.aggregate(total=Sum("downloads"))["total"] or 0


def _sought(week: Week) -> Iterable[str]:
    missed = missed_between(week.first, week.last, most=SHOWN)
    if missed:
        yield "Searched for and not found:"
        yield from (f"- “{query}”, {'once' if times == 1 else f'{times} times'}" for query, times in missed)


def _coming() -> Iterable[str]:
    scheduled = list(Episode.objects.scheduled().order_by("published_at")[:SHOWN])
    if scheduled:
        yield "Scheduled:"
        yield from (f"- {episode.published_at:%A %d %B, %H:%M} UTC: {episode.title}" for episode in scheduled)


def _waiting(user: User) -> Iterable[str]:
    cards = [card for card in cards_for(user) if card.urgent or card.count]
    if not cards:
        yield "Nothing waits for you."
        return
    yield "Waiting for you:"
    for card in cards:
        count = f" ({card.count})" if card.count is not None else ""
        yield f"- {card.title}{count}: {card.text}"
