"""What an episode's words still need before it is published."""

from collections.abc import Iterable

from django.db.models import Count, Q

from episodes.models import Episode
from episodes.readiness import Check, Level
from transcripts.models import AlignmentRun, Segment, Transcript


def words_of_episode(episode: Episode) -> Iterable[Check]:
    """Advice about the transcript; one query. Registered with episodes.readiness."""
    if episode._state.adding:
        return
    transcripts = list(
        Transcript.objects.filter(episode=episode)
        .select_related("alignment")
        .annotate(
            unmatched=Count(
                "voices", filter=Q(voices__speaker__isnull=True) & ~Q(voices__match="person"), distinct=True
            ),
            doubtful=Count("segments", filter=Q(segments__status=Segment.Status.CHECK), distinct=True),
        )
    )
    if not transcripts:
        yield Check(
            Level.ADVICE,
            "There is no transcript: people who cannot hear, and search, have nothing of this episode.",
            "transcripts",
        )
    for transcript in transcripts:
        yield from _of(episode, transcript)


def _of(episode: Episode, transcript: Transcript) -> Iterable[Check]:
    name = f"the transcript ({transcript.language})"
    if transcript.state == Transcript.State.HIDDEN:
        yield Check(Level.ADVICE, f"The episode will appear without {name}: it is not shown yet.", "transcripts")
    if transcript.unmatched:  # type: ignore[attr-defined]  # annotated
        count = transcript.unmatched  # type: ignore[attr-defined]
        voices = "1 voice is" if count == 1 else f"{count} voices are"
        yield Check(Level.ADVICE, f"In {name}, {voices} not matched with a person.", "transcripts")
    if transcript.doubtful:  # type: ignore[attr-defined]
        count = transcript.doubtful  # type: ignore[attr-defined]
        sentences = "1 sentence has" if count == 1 else f"{count} sentences have"
        yield Check(Level.ADVICE, f"In {name}, {sentences} a time to be checked.", "transcripts")
    run = getattr(transcript, "alignment", None)
    if run is None:
        return
    if run.state in (AlignmentRun.State.WAITING, AlignmentRun.State.RUNNING):
        yield Check(Level.ADVICE, f"The times of {name} are being made ({run.progress_percent} %).", "transcripts")
    elif run.state == AlignmentRun.State.FAILED:
        yield Check(Level.ADVICE, f"The times of {name} could not be made. {run.message}", "transcripts")
    elif run.audio_sha256 != episode.audio_sha256:
        yield Check(Level.ADVICE, f"The times of {name} may no longer fit: the audio was replaced.", "transcripts")
