"""Ask for the times of a transcript's sentences to be made, or made anew; the work is done by the background worker."""

import hashlib
import json
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.tasks import async_task

from transcripts.models import AlignmentRun, Transcript

_LOST_AFTER = timedelta(hours=2)
JOB = "transcripts.align.align_transcript"


def text_sha256(transcript: Transcript) -> str:
    """What the words are, whatever their times: other words need other times."""
    texts = list(transcript.segments.order_by("position").values_list("text", flat=True))
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def request_times(transcript: Transcript) -> bool:
    """Queue the job that finds the sentences in the audio; False when the episode has no audio yet."""
    episode = transcript.episode
    if not episode.audio or episode.duration_ms is None:
        return False
    AlignmentRun.objects.update_or_create(
        transcript=transcript,
        defaults={"state": AlignmentRun.State.WAITING, "progress_percent": 0, "message": ""},
    )
    transaction.on_commit(lambda: async_task(JOB, transcript.pk, task_name=f"Times of transcript {transcript.pk}"))
    return True


def request_missing_times() -> int:
    """Queue the job for every transcript whose audio came, or changed, after its times were made; how many.

    Runs every minute, so that audio may be attached by any way: page, import or command.
    """
    outdated = (
        Transcript.objects.filter(episode__deleted_at__isnull=True, episode__duration_ms__isnull=False)
        .exclude(episode__audio="")
        .filter(
            Q(alignment__isnull=True)
            # A job that was lost with its worker leaves its run behind.
            | Q(alignment__state=AlignmentRun.State.RUNNING, alignment__started_at__lt=timezone.now() - _LOST_AFTER)
            | (
                Q(alignment__state__in=[AlignmentRun.State.DONE, AlignmentRun.State.FAILED])
                & ~Q(alignment__audio_sha256=F("episode__audio_sha256"))
            )
        )
        .select_related("episode")
    )
    return sum(request_times(transcript) for transcript in outdated)
