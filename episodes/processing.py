"""The background work on an episode's audio: measure, level, tag, draw, and only then replace."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from episodes.artwork import ArtworkError
from episodes.audio.encode import EncodeError, encode_mp3
from episodes.audio.id3 import EpisodeTags, read_id3, write_id3
from episodes.audio.kinds import MP3
from episodes.audio.loudness import Loudness, LoudnessError, measure_loudness
from episodes.audio.mp4_tags import TagError, write_mp4
from episodes.audio.probe import AudioError, AudioInfo, probe_audio
from episodes.audio.waveform import WaveformError, read_peaks
from episodes.audio_orders import order_work
from episodes.chapter_files import chapters_inside
from episodes.filing import FilingError, is_about_the_disk, keep_file, local_path, scratch_file, told
from episodes.models import AudioWork, Episode, Show, Waveform
from episodes.models.fields import private_storage
from episodes.production import attach_artwork, replace_chapters, use_audio
from episodes.small_audio import KeptSmall, make_small, use_small
from episodes.tagging import tags_of

logger = logging.getLogger(__name__)

_PROBLEMS = (AudioError, EncodeError, LoudnessError, WaveformError, FilingError, TagError)


def receive_audio(episode: Episode, upload: File, most_bytes: int | None = None) -> AudioInfo:
    """Take in a new recording and order the work on it.

    A draft can be heard at once, as uploaded; a public episode keeps its present file until the new one is complete.
    Raises AudioError or FilingError before anything is stored.
    """
    with local_path(upload) as path:
        info = probe_audio(path, most_bytes)
        refuse_unless_served(info, episode.show)
        source = keep_file(private_storage(), f"originals/{info.sha256}.{info.extension}", path)
        at_once = info.served and episode.state == Episode.State.DRAFT
        served = keep_file(private_storage(), f"audio/{info.sha256}.{info.extension}", path) if at_once else ""
    with transaction.atomic():
        if served:
            use_audio(episode, served, info)
        order_work(episode, source)
    return info


def refuse_unless_served(info: AudioInfo, show: Show | None) -> None:
    """WAV and FLAC are sources only: raises AudioError unless the show converts what it gets."""
    if not info.served and show is not None and not show.encode_audio:
        raise AudioError(
            f"This is {info.kind.upper()}, which is too large for listeners. Export it as MP3, or switch on "
            "“Encode audio” in the show's settings: then it is converted here."
        )


def process_audio(episode_id: int) -> None:
    """The job. Safe to run twice and after being killed: nothing counts until the last step, which checks the order."""
    work = _begin(episode_id)
    if work is None:
        return
    try:
        _process(work)
    except _PROBLEMS as error:
        cause = error.__cause__ or error
        problem = str(error)
        if isinstance(cause, OSError) and is_about_the_disk(cause) and not isinstance(error, FilingError):
            problem = str(told(cause))
        _end(work, AudioWork.State.FAILED, problem)
    except OSError as error:
        logger.exception("Processing the audio of episode %s failed.", episode_id)
        _end(work, AudioWork.State.FAILED, str(told(error)))
    except Exception:
        logger.exception("Processing the audio of episode %s failed.", episode_id)
        problem = "Something unexpected went wrong; the server's log says what. The published file is as it was."
        _end(work, AudioWork.State.FAILED, problem)


def _begin(episode_id: int) -> AudioWork | None:
    with transaction.atomic():
        work = AudioWork.objects.select_for_update().filter(episode_id=episode_id).first()
        if work is None or not work.is_going_on:
            return None
        work.state, work.step, work.percent = AudioWork.State.RUNNING, "Reading the file", 0
        work.save()
    return AudioWork.objects.select_related("episode__show").get(pk=work.pk)


def _process(work: AudioWork) -> None:
    episode = work.episode
    stored = work.source or episode.audio
    if not stored:
        _end(work, AudioWork.State.FAILED, "There is no audio to work on. Upload a file.")
        return
    report = _Reporter(work)
    with ExitStack() as stack:
        source = stack.enter_context(_on_disk(stored))
        info = probe_audio(source)
        if work.source:
            _fill_empty_fields(episode, source, info)
            episode.refresh_from_db(fields=["artwork", "number"])  # they go into the tags
        loudness: Loudness | None = None
        encoded = bool(work.source) and (episode.show.encode_audio or not info.served)
        if encoded:
            report.step("Levelling and converting to MP3", 5, 75)
            target = stack.enter_context(scratch_file(".mp3"))
            loudness = encode_mp3(source, target, info.channels, report).loudness
            source, info = target, probe_audio(target)
        elif episode.loudness_lufs is None or work.source:
            report.step("Measuring the loudness", 5, 50)
            loudness = _loudness_or_none(source, report)
        drawn = None if work.source else Waveform.objects.filter(episode=episode, audio_sha256=info.sha256).first()
        if drawn is None:
            report.step("Drawing the waveform", 75, 90)
        peaks = drawn.peaks if drawn else read_peaks(source, info.duration_ms)
        report.step("Making the smaller file", 90, 97)
        small = make_small(episode, source, info.duration_ms, info.audio_bytes, report)
        report.step("Writing title, cover and chapters into the file", 97, 99)
        tagged = stack.enter_context(scratch_file(f".{info.extension}"))
        _write_tags(source, tagged, info, tags_of(episode, info.duration_ms))
        final = probe_audio(tagged)
        name = keep_file(private_storage(), f"audio/{final.sha256}.{final.extension}", tagged)
    _use_result(work, name, final, loudness, peaks, small, original=stored.name if encoded else None)


def _use_result(
    work: AudioWork,
    name: str,
    info: AudioInfo,
    loudness: Loudness | None,
    peaks: list[int],
    small: KeptSmall | None,
    original: str | None,
) -> None:
    """All at once, and only if nobody has ordered anything else meanwhile (then that order has its own job)."""
    with transaction.atomic():
        current = AudioWork.objects.select_for_update().get(pk=work.pk)
        if current.order != work.order:
            logger.info("Audio of episode %s: a newer order exists, this result is not used.", work.pk)
            return
        episode = Episode.objects.select_for_update().get(pk=work.pk)
        kept = episode.loudness_lufs, episode.true_peak_dbtp
        use_audio(episode, name, info)
        use_small(episode, info.sha256, small)
        lufs, peak = (loudness.lufs, loudness.true_peak_dbtp) if loudness else kept
        changed: dict[str, object] = {"loudness_lufs": lufs, "true_peak_dbtp": peak}
        if original is not None:
            changed["original_audio"] = original
        Episode.objects.filter(pk=episode.pk).update(**changed)
        Waveform.objects.update_or_create(episode=episode, defaults={"audio_sha256": info.sha256, "peaks": peaks})
        current.state, current.step, current.percent = AudioWork.State.DONE, "", 100
        current.source = ""
        current.save()


def _fill_empty_fields(episode: Episode, source: Path, info: AudioInfo) -> None:
    """What the producer's editor wrote into the file stands in where the producer has written nothing by now."""
    if info.kind != MP3:
        return
    with source.open("rb") as file:
        tags = read_id3(file)
    if tags is None:
        return
    with transaction.atomic():
        # The form holds this row while it is saved: what it writes meanwhile is seen here, and never replaced.
        written = Episode.objects.select_for_update().get(pk=episode.pk)
        marks = [mark for mark in chapters_inside(tags) if mark.start_ms < info.duration_ms]
        if marks and not written.chapters.exists():
            replace_chapters(written, marks)
        if tags.cover and not written.artwork:
            try:
                attach_artwork(written, ContentFile(tags.cover, "cover"))
            except ArtworkError:
                logger.info("Episode %s: the cover inside the file is not usable.", episode.pk)
        if tags.number and written.number is None:
            Episode.objects.filter(pk=episode.pk).update(number=tags.number, version=F("version") + 1)


def _write_tags(source: Path, target: Path, info: AudioInfo, tags: EpisodeTags) -> None:
    if info.kind == MP3:
        with target.open("wb") as out:
            write_id3(source, out, tags)
    else:
        write_mp4(source, target, tags)


def _loudness_or_none(source: Path, report: "_Reporter") -> Loudness | None:
    """An episode of almost silence is odd, yet no reason to refuse it."""
    try:
        return measure_loudness(source, report)
    except LoudnessError:
        return None


@contextmanager
def _on_disk(stored: FieldFile) -> Iterator[Path]:
    try:
        path = Path(stored.path)
    except NotImplementedError:
        with stored.open("rb"), local_path(stored) as copied:
            yield copied
        return
    if not path.exists():
        raise FilingError("The audio file is no longer on the server. Upload it again.")
    yield path


def _end(work: AudioWork, state: str, problem: str) -> None:
    AudioWork.objects.filter(pk=work.pk, order=work.order).update(
        state=state, problem=problem, step="", changed_at=timezone.now()
    )
    if state == AudioWork.State.FAILED:
        logger.warning("Audio of episode %s: %s", work.pk, problem)


class _Reporter:
    """Writes progress at most twice a second, so that telling it costs nothing."""

    def __init__(self, work: AudioWork) -> None:
        self._work, self._words, self._from, self._to, self._told = work, "", 0, 0, 0.0

    def step(self, words: str, start: int, end: int) -> None:
        self._words, self._from, self._to = words, start, end
        self._tell(start)

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._told > 0.5:
            self._tell(round(self._from + (self._to - self._from) * share))

    def _tell(self, percent: int) -> None:
        self._told = time.monotonic()
        AudioWork.objects.filter(pk=self._work.pk, order=self._work.order).update(
            step=self._words, percent=percent, changed_at=timezone.now()
        )
