"""The background job that finds a transcript's sentences in the episode's audio."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from episodes.filing import local_path
from episodes.models import Episode
from transcripts.alignment import AlignmentError, AlignmentResult, SentenceIn, SentenceTime, align
from transcripts.audio_fingerprint import audio_fingerprint
from transcripts.models import AlignmentRun, Pronunciation, Segment, Transcript
from transcripts.revisions import keep_revision, lock
from transcripts.timing import only_one, request_times, text_sha256

logger = logging.getLogger(__name__)

# Telling the database how far the work has come costs little, but not nothing.
_TOLD_EVERY_SECONDS = 2.0
# Fewer sentences than this share heard means another episode's text, or another language.
_DOUBTFUL_SHARE = 0.5


class _Outdated(Exception):
    """Words or audio changed while the job ran; what it found is of no use."""


def align_transcript(transcript_id: int) -> str:
    """Give every sentence its time; safe to run twice and at any moment. Returns what was done, in words.

    Pinned times stay. Without a recogniser for the language, times of the file stay and the others are estimated.
    """
    with only_one(transcript_id) as alone:
        if not alone:
            return "Another worker is at it."
        transcript = Transcript.objects.select_related("episode").filter(pk=transcript_id).first()
        if transcript is None or not transcript.episode.audio:
            return "There is nothing to align."
        text, audio = text_sha256(transcript), transcript.episode.audio_sha256
        run, _ = AlignmentRun.objects.get_or_create(transcript=transcript)
        if run.state == AlignmentRun.State.DONE and (run.text_sha256, run.audio_sha256) == (text, audio):
            return "The times are up to date."
        AlignmentRun.objects.filter(pk=run.pk).update(
            state=AlignmentRun.State.RUNNING, progress_percent=0, message="", started_at=timezone.now()
        )
        is_outdated = False
        try:
            with _audio_path(transcript.episode) as path:
                fingerprint = audio_fingerprint(path)
                if run.text_sha256 == text and fingerprint and run.audio_fingerprint == fingerprint:
                    _keep(run, audio)
                    return "Only the file's tags changed: the times still fit."
                result = _find(transcript, path, audio)
            _store(transcript, result, text, audio, fingerprint)
        except _Outdated:
            is_outdated = True
        except AlignmentError as error:
            _fail(transcript, str(error), audio)
            return str(error)
        except Exception:
            _fail(transcript, "The times could not be made; the log says why. The text is as it was.", audio)
            logger.exception("Alignment of transcript %s of episode %s failed", transcript_id, transcript.episode_id)
            raise
    if is_outdated:  # asked for when the lock is free: another worker would take the new job and find this one at it
        request_times(Transcript.objects.select_related("episode").get(pk=transcript_id))
        return "Words or audio changed meanwhile; the work begins anew."
    return AlignmentRun.objects.get(transcript_id=transcript_id).message


def _keep(run: AlignmentRun, audio: str) -> None:
    """The times stay; they were made from the same sound. What was said of them is said again."""
    segments = list(Segment.objects.filter(transcript_id=run.pk).only("status"))
    message = _summary(segments, run.method == AlignmentRun.Method.HEARD, len(run.speech_without_text))
    AlignmentRun.objects.filter(pk=run.pk).update(
        state=AlignmentRun.State.DONE,
        progress_percent=100,
        message=message,
        audio_sha256=audio,
        started_at=run.started_at,  # when they were made, not when that was looked at again
    )


def _find(transcript: Transcript, path: Path, audio_sha256: str) -> AlignmentResult:
    sentences = [
        SentenceIn(
            text,
            # A time of the file itself has no confidence; one that an earlier run heard is no evidence of its own.
            hint_start_ms=start_ms if status == Segment.Status.OK and confidence is None else None,
            pinned_start_ms=start_ms if status == Segment.Status.PINNED else None,
        )
        for text, start_ms, status, confidence in transcript.segments.order_by("position").values_list(
            "text", "start_ms", "status", "confidence"
        )
    ]
    cache = dict(Pronunciation.objects.values_list("key", "sounds").iterator())
    known = set(cache)
    result = align(path, sentences, transcript.language, progress=_teller(transcript.pk, audio_sha256), g2p_cache=cache)
    Pronunciation.objects.bulk_create(
        [
            Pronunciation(key=key, sounds=sounds)
            for key, sounds in cache.items()
            if key not in known and len(key) <= 255
        ],
        ignore_conflicts=True,
    )
    return result


@contextmanager
def _audio_path(episode: Episode) -> Iterator[Path]:
    """The served audio as a file on this machine; a copy when it lies elsewhere."""
    try:
        path = Path(episode.audio.path)
    except NotImplementedError:
        with episode.audio.open() as stored, local_path(stored) as copy:
            yield copy
        return
    yield path


def _teller(transcript_id: int, audio_sha256: str) -> Callable[[float], None]:
    """A function that notes progress now and then, and stops the work when the audio was replaced meanwhile."""
    told = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told
        if time.monotonic() - told < _TOLD_EVERY_SECONDS:
            return
        told = time.monotonic()
        AlignmentRun.objects.filter(pk=transcript_id).update(progress_percent=round(min(max(share, 0), 1) * 100))
        if not Transcript.objects.filter(pk=transcript_id, episode__audio_sha256=audio_sha256).exists():
            raise _Outdated

    return tell


@transaction.atomic
def _store(transcript: Transcript, result: AlignmentResult, text: str, audio: str, fingerprint: str) -> None:
    held = lock(transcript.pk)
    if text_sha256(held) != text or not Episode.objects.filter(pk=held.episode_id, audio_sha256=audio).exists():
        raise _Outdated
    heard = result.method == "recognised"
    segments = list(held.segments.order_by("position"))
    for segment, found in zip(segments, result.sentences, strict=True):
        _apply(segment, found, heard)
    Segment.objects.bulk_update(segments, ["start_ms", "end_ms", "status", "confidence", "words"], batch_size=5000)
    keep_revision(held, "Times found in the audio" if heard else "Times estimated")
    AlignmentRun.objects.filter(pk=held.pk).update(
        state=AlignmentRun.State.DONE,
        method=AlignmentRun.Method.HEARD if heard else AlignmentRun.Method.ESTIMATED,
        progress_percent=100,
        message=_summary(segments, heard, len(result.unmatched_speech)),
        audio_sha256=audio,
        audio_fingerprint=fingerprint,
        text_sha256=text,
        speech_without_text=[list(span) for span in result.unmatched_speech],
        finished_at=timezone.now(),
    )


def _apply(segment: Segment, found: SentenceTime, heard: bool) -> None:
    """The found time, save where a person or, without a recogniser, the file knows better."""
    words = [[word.text, word.start_ms, word.end_ms, round(word.confidence, 3)] for word in found.words]
    if segment.status == Segment.Status.PINNED:
        segment.words = words
        if found.end_ms is not None and segment.start_ms is not None and found.end_ms > segment.start_ms:
            segment.end_ms = found.end_ms
        return
    if not heard and segment.status == Segment.Status.OK and segment.confidence is None:
        return
    segment.start_ms, segment.end_ms = found.start_ms, found.end_ms
    if found.start_ms is not None and found.end_ms is not None and found.end_ms <= found.start_ms:
        segment.end_ms = found.start_ms + 1
    segment.status = found.status.value
    segment.confidence = None if found.confidence is None else round(found.confidence, 3)
    segment.words = words


def _summary(segments: list[Segment], heard: bool, untold: int) -> str:
    """What a producer should know of the times; `untold` counts stretches of speech that are not in the text."""
    count = len(segments)
    if not heard:
        return "There is no recogniser for this language: times are estimated from those of the file and from pauses."
    checks = sum(segment.status == Segment.Status.CHECK for segment in segments)
    missing = sum(segment.status == Segment.Status.NOT_HEARD for segment in segments)
    parts = [f"{count - checks - missing} of {count} sentences were heard where they stand"]
    if checks:
        parts.append(f"{checks} should be checked")
    if missing:
        parts.append(f"{missing} were not heard")
    said = "; ".join(parts) + "."
    if untold:
        said += f" {untold} stretches of speech are not in the text."
    if count and missing / count > _DOUBTFUL_SHARE:
        said += " Is this the transcript of this episode?"
    return said


def _fail(transcript: Transcript, sentence: str, audio: str) -> None:
    AlignmentRun.objects.filter(transcript=transcript).update(
        state=AlignmentRun.State.FAILED, message=sentence, audio_sha256=audio, finished_at=timezone.now()
    )
