"""Write what changed in a show into its episodes' files, one after the other.

What is not public yet gets new tags whenever title, author or cover of the show change: nobody has it. A published file
is left as it is unless the producer asks for it in the show's form: its sound would be the same, yet its bytes and so
its address would be new, and apps may download every episode again. Former addresses lead on to the new file.
"""

from django.db import transaction
from django.db.models import QuerySet
from django_q.tasks import async_task

from episodes.audio_orders import order_work
from episodes.models import Episode, Show
from episodes.processing import process_audio

JOB = "episodes.retagging.renew_next"
# Of a show's fields, those that stand in the files of its episodes.
IN_TAGS = frozenset({"title", "author", "artwork_file"})


def renew_show_tags(show: Show, published_too: bool = False) -> int:
    """Order new tags for the episodes of a show; how many files will be looked at."""
    count = _episodes(show.pk, published_too).count()
    if count:
        async_task(JOB, show.pk, 0, published_too)
    return count


def renew_next(show_id: int, after_id: int, published_too: bool) -> None:
    """The job: the next episode, then itself for the one after it, so that a new upload never waits behind a show.

    Safe to run twice and after being killed. Tags that are the same give the same bytes, and then nothing changes.
    """
    episode = _episodes(show_id, published_too).filter(pk__gt=after_id).order_by("pk").first()
    if episode is None:
        return
    order_work(episode, hand_out=False)
    process_audio(episode.pk)
    with transaction.atomic():
        async_task(JOB, show_id, episode.pk, published_too)


def _episodes(show_id: int, published_too: bool) -> QuerySet[Episode]:
    """Audio of this site's own making only: what was moved in from elsewhere stays as it came."""
    episodes = Episode.objects.kept().filter(show_id=show_id, audio_work__isnull=False).exclude(audio="")
    if published_too:
        return episodes
    return episodes.exclude(pk__in=Episode.objects.published().filter(show_id=show_id).values("pk"))
