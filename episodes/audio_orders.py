"""Order work on an episode's audio: it is written down, and done in the background."""

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from episodes.models import AudioWork, Episode

JOB = "episodes.processing.process_audio"


@transaction.atomic
def order_work(episode: Episode, source: str = "", *, hand_out: bool = True) -> None:
    """Have the audio processed: a new source, or (without one) the present audio for new tags.

    An order without a source never takes the place of one that has one and is not done yet. `hand_out` False: whoever
    calls does the work at once and sees to it that it is done again after being killed.
    """
    now = timezone.now()
    work, made = AudioWork.objects.select_for_update().get_or_create(
        episode=episode, defaults={"source": source, "requested_at": now}
    )
    if not made:
        keep = not source and work.state != AudioWork.State.DONE
        work.source = work.source.name if keep else source
        work.order += 1
        work.state, work.step, work.percent, work.problem = AudioWork.State.WAITING, "", 0, ""
        work.requested_at = now
        work.save()
    if hand_out:
        # In the same transaction and database: an order that is stored is always handed out, also after a crash.
        async_task(JOB, episode.pk, task_name=f"audio-{episode.pk}")


def renew_tags(episode: Episode) -> None:
    """Have title, show, date, cover and chapters as they are now written into the file, if it is one of our making.

    The same tags give the same bytes, and then nothing changes at all. Audio that was never worked on here (moved in
    from another host) stays byte for byte as it came until somebody edits the episode.
    """
    if episode.audio and AudioWork.objects.filter(episode=episode).exists():
        order_work(episode)
