"""Ask for the times of a transcript's sentences to be made, or made anew; the work is done by the background worker."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.tasks import async_task

from transcripts.models import AlignmentRun, Transcript

# One job a transcript at a time, also with several workers: Postgres' advisory locks, in a class of our own.
_LOCK_CLASS = 0x7472
# A job holds its lock from its first moment; one that says it runs and holds none has died with its worker.
_LOST_AFTER = timedelta(minutes=1)
JOB = "transcripts.align.align_transcript"


def text_sha256(transcript: Transcript) -> str:
    """What the words are, whatever their times: other words need other times."""
    texts = list(transcript.segments.order_by("position").values_list("text", flat=True))
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


@transaction.atomic
def request_times(transcript: Transcript) -> bool:
    """Queue the job that finds the sentences in the audio; False when the episode has no audio yet.

    The job stands in the same database as the wish for it, so whoever finds one finds the other, also after a crash.
    """
    episode = transcript.episode
    if not episode.audio or episode.duration_ms is None:
        return False
    AlignmentRun.objects.update_or_create(
        transcript=transcript,
        defaults={"state": AlignmentRun.State.WAITING, "progress_percent": 0, "message": ""},
    )
    async_task(JOB, transcript.pk, task_name=f"Times of transcript {transcript.pk}")
    return True


def request_missing_times() -> int:
    """Queue the job for every transcript whose audio came or changed after its times were made; returns how many.

    Also for jobs that died with their worker. Runs every minute, so that audio may be attached by any way.
    """
    outdated = (
        Transcript.objects.filter(episode__deleted_at__isnull=True, episode__duration_ms__isnull=False)
        .exclude(episode__audio="")
        .filter(
            Q(alignment__isnull=True)
            | Q(alignment__state=AlignmentRun.State.RUNNING, alignment__started_at__lt=timezone.now() - _LOST_AFTER)
            | (
                Q(alignment__state__in=[AlignmentRun.State.DONE, AlignmentRun.State.FAILED])
                & ~Q(alignment__audio_sha256=F("episode__audio_sha256"))
            )
        )
        .select_related("episode", "alignment")
    )
    return sum(request_times(transcript) for transcript in outdated if not _is_at_work(transcript))


def _is_at_work(transcript: Transcript) -> bool:
    run: AlignmentRun | None = getattr(transcript, "alignment", None)
    if run is None or run.state != AlignmentRun.State.RUNNING:
        return False
    with only_one(transcript.pk) as alone:
        return not alone


@contextmanager
def only_one(transcript_id: int) -> Iterator[bool]:
    """Whether nobody else works on this transcript's times; held until the block ends, or the process does."""
    key = [_LOCK_CLASS, transcript_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
