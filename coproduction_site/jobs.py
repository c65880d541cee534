"""What a killed worker leaves behind in the queue."""

from django.utils import timezone
from django_q.models import OrmQ


def take_back() -> int:
    """Give out again at once what the last worker held when it ended; how many jobs.

    The queue itself would wait for Q_CLUSTER's `retry`, an hour, since it cannot know that the worker is gone. A site
    has one worker, which is only starting now, so nobody is at work; and every job of ours is safe to run twice.
    """
    now = timezone.now()
    return OrmQ.objects.filter(lock__gt=now).update(lock=now)
