"""Offering each episode's audio as a smaller file too: made beside the audio, used and withdrawn together with it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django_q.tasks import async_task

from episodes.audio.encode import EncodeError
from episodes.audio.encode_small import CODECS, MIME, SmallFile, encode_small
from episodes.audio.kinds import SMALL_EXTENSION
from episodes.audio.probe import AudioError, probe_audio
from episodes.filing import FilingError, keep_file, local_path, scratch_file
from episodes.models import Episode, FormerAudio, Show, SmallAudio
from episodes.models.fields import private_storage
from episodes.tagging import tags_of

logger = logging.getLogger(__name__)

JOB = "episodes.small_audio.make_for"
TITLE = "Smaller file"
# What saves less than this is not worth a second choice.
MOST_SHARE_PERCENT = 70


@dataclass(frozen=True)
class KeptSmall:
    """A smaller file in the storage that no row names yet."""

    name: str
    file: SmallFile


def make_small(
    episode: Episode, source: Path, duration_ms: int, audio_bytes: int, progress: Callable[[float], None]
) -> KeptSmall | None:
    """Make and store the smaller file of the sound at `source`, if the show offers one and it saves enough.

    None also when it cannot be made, which is logged: the audio itself does not wait for it. Raises FilingError.
    """
    if not episode.show.offer_small_audio:
        return None
    with scratch_file(f".{SMALL_EXTENSION}") as target:
        try:
            made = encode_small(source, target, duration_ms, tags_of(episode, duration_ms), progress)
        except EncodeError as error:
            logger.warning("Episode %s gets no smaller file: %s", episode.pk, error)
            return None
        if made.audio_bytes * 100 > audio_bytes * MOST_SHARE_PERCENT:
            return None
        name = keep_file(private_storage(), f"audio/{made.sha256}.{SMALL_EXTENSION}", target)
    return KeptSmall(name, made)


def use_small(episode: Episode, audio_sha256: str, kept: KeptSmall | None) -> None:
    """Offer this file beside the audio of that checksum, or none. Call it in the transaction that uses the audio.

    `episode` is read in that transaction: what its show says now decides.
    """
    if kept is None or not episode.show.offer_small_audio:
        _withdraw(episode.pk)
        return
    if SmallAudio.objects.filter(pk=episode.pk, sha256=kept.file.sha256, made_from=audio_sha256).exists():
        return
    SmallAudio.objects.update_or_create(
        episode_id=episode.pk,
        defaults={
            "file": kept.name,
            "mime": MIME,
            "codecs": CODECS,
            "bitrate_bps": kept.file.bitrate_bps,
            "audio_bytes": kept.file.audio_bytes,
            "sha256": kept.file.sha256,
            "title": TITLE,
            "made_from": audio_sha256,
        },
    )


def offer_as_the_show_says(show: Show) -> int:
    """After the show's choice has changed: order the smaller files that are missing, or withdraw all.

    How many episodes that concerns. The audio itself is not touched: nobody downloads anything again.
    """
    episodes = Episode.objects.filter(show=show).exclude(audio="")
    if show.offer_small_audio:
        concerned = list(episodes.kept().filter(small_audio=None).newest_first().values_list("pk", flat=True))
        for pk in concerned:
            order_small(pk)
    else:
        concerned = list(episodes.exclude(small_audio=None).values_list("pk", flat=True))
        for pk in concerned:
            _withdraw(pk)
    return len(concerned)


def order_small(episode_id: int) -> None:
    async_task(JOB, episode_id, task_name=f"small-audio-{episode_id}")


def make_for(episode_id: int) -> str:
    """The job: make the smaller file of an episode's present audio. Safe to run twice; what it did, in a sentence."""
    episode = Episode.objects.select_related("show").filter(pk=episode_id).first()
    if episode is None or not episode.audio or not episode.show.offer_small_audio:
        return "There is nothing to make a smaller file of."
    try:
        with episode.audio.open("rb") as stored, local_path(stored) as path:
            info = probe_audio(path)
            kept = make_small(episode, path, info.duration_ms, info.audio_bytes, lambda _: None)
    except (OSError, AudioError) as error:
        raise FilingError(f"The audio of episode {episode_id} cannot be read: {error}") from error
    with transaction.atomic():
        current = Episode.objects.select_for_update().select_related("show").get(pk=episode_id)
        if current.audio_sha256 != info.sha256:
            return "Meanwhile the audio has changed; this file is not used."
        use_small(current, info.sha256, kept)
    return "The smaller file is offered." if kept else "A smaller file would save too little, or could not be made."


@transaction.atomic
def _withdraw(episode_id: int) -> None:
    """Its address leads to the episode's audio from now on."""
    for small in SmallAudio.objects.filter(pk=episode_id):
        FormerAudio.objects.bulk_create(
            [FormerAudio(episode_id=episode_id, sha256=small.sha256)], ignore_conflicts=True
        )
        small.delete()
