"""A transcript as a page, a feed or a file needs it: hidden people's names gone, sentences in turns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Value, When

from episodes.models import Episode, Speaker
from transcripts.links import text_with_links
from transcripts.models import Segment, Transcript
from transcripts.placed import Placed


@dataclass(frozen=True, slots=True)
class SentenceView(Placed):
    """One sentence; the page's anchor is s<position>. start_ms is None when no time is known: then there is no link."""

    position: int
    text: str
    start_ms: int | None
    end_ms: int | None
    status: str

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """(text, address) pairs; address is "" for words that are no link."""
        return text_with_links(self.text)


@dataclass(frozen=True, slots=True)
class TurnView:
    """What one voice says in a row. `name` is "" when nobody may be named; `speaker_slug` is "" without a person."""

    name: str
    speaker_id: int | None
    speaker_slug: str
    start_ms: int | None
    paragraphs: tuple[tuple[SentenceView, ...], ...]

    @property
    def sentences(self) -> tuple[SentenceView, ...]:
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph)


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """A transcript for reading."""

    transcript_id: int
    language: str
    revision: int
    origin: str
    origin_label: str
    credit: str
    checked_on: date | None
    turns: tuple[TurnView, ...]
    has_times: bool
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AvailableTranscript:
    """A transcript of an episode and the formats it can be had in, best for apps first: "vtt", "srt", "json", "txt"…"""

    transcript_id: int
    episode_id: int
    language: str
    has_times: bool
    formats: tuple[str, ...]


TIMED_FORMATS = ("vtt", "srt", "json", "html", "txt")
UNTIMED_FORMATS = ("html", "txt")


def available(episode_ids: Iterable[int]) -> dict[int, list[AvailableTranscript]]:
    """The shown transcripts of these episodes, the show's own language first; one query.

    Whether the episodes are published is the caller's question.
    """
    found: dict[int, list[AvailableTranscript]] = {}
    rows = (
        Transcript.objects.shown()
        .filter(episode_id__in=list(episode_ids))
        .annotate(
            has_times=Exists(Segment.objects.filter(transcript=OuterRef("pk"), start_ms__isnull=False)),
            foreign=Case(When(language=F("episode__show__language"), then=Value(0)), default=Value(1)),
        )
        .order_by("episode_id", "foreign", "pk")
        .values_list("pk", "episode_id", "language", "has_times")
    )
    for transcript_id, episode_id, language, has_times in rows:
        formats = TIMED_FORMATS if has_times else UNTIMED_FORMATS
        found.setdefault(episode_id, []).append(
            AvailableTranscript(transcript_id, episode_id, language, has_times, formats)
        )
    return found


def transcript_of(episode: Episode, language: str = "") -> Transcript | None:
    """The episode's shown transcript in this language, or its first choice when none is asked for."""
    choices = available([episode.pk]).get(episode.pk, [])
    wanted = [choice for choice in choices if not language or choice.language == language]
    return Transcript.objects.get(pk=wanted[0].transcript_id) if wanted else None


def reading_view(transcript: Transcript) -> TranscriptView:
    """Everything a page shows of a transcript; one query."""
    turns = turns_of(transcript.pk)
    sentences = [sentence for turn in turns for sentence in turn.sentences]
    timed = [sentence for sentence in sentences if sentence.start_ms is not None]
    return TranscriptView(
        transcript_id=transcript.pk,
        language=transcript.language,
        revision=transcript.revision,
        origin=transcript.origin,
        origin_label=Transcript.Origin(transcript.origin).label,
        credit=transcript.credit,
        checked_on=transcript.checked_on,
        turns=tuple(turns),
        has_times=bool(timed),
        formats=TIMED_FORMATS if timed else UNTIMED_FORMATS,
    )


def turns_of(transcript_id: int) -> list[TurnView]:
    """The transcript's turns in order; a run of one voice is one turn. One query.

    A voice that means a hidden person has no name and no speaker: not here, nor in anything made from here.
    """
    turns: list[TurnView] = []
    gathered: list[list[SentenceView]] = []
    before: tuple[object, ...] | None = None
    for label, speaker_id, name, slug, hidden, names_hidden, starts_paragraph, *rest in _rows(transcript_id):
        sentence = SentenceView(*rest)
        who = _shown_as(label or "", speaker_id, name, slug, hidden or names_hidden)
        # Two hidden people, or a hidden one and an unnamed voice, are not run together: the label tells them apart.
        voice = (label, *who)
        if voice != before:
            _close(turns, gathered)
            turns.append(TurnView(*who, start_ms=None, paragraphs=()))
            gathered, before = [], voice
        if starts_paragraph or not gathered:
            gathered.append([])
        gathered[-1].append(sentence)
    _close(turns, gathered)
    return turns


def _shown_as(
    label: str, speaker_id: int | None, name: str, slug: str, hidden: bool | None
) -> tuple[str, int | None, str]:
    """(name, speaker, slug) as the public may see them."""
    if hidden:
        return "", None, ""
    return (label, None, "") if speaker_id is None else (name, speaker_id, slug)


def _rows(transcript_id: int) -> Iterable[Any]:
    return (
        Segment.objects.filter(transcript_id=transcript_id)
        # A label nobody was matched with may still be the name of someone who does not want to be named.
        .annotate(names_hidden=Exists(Speaker.objects.filter(hidden=True, name__iexact=OuterRef("voice__label"))))
        .order_by("position")
        .values_list(
            "voice__label",
            "voice__speaker_id",
            "voice__speaker__name",
            "voice__speaker__slug",
            "voice__speaker__hidden",
            "names_hidden",
            "starts_paragraph",
            "position",
            "text",
            "start_ms",
            "end_ms",
            "status",
        )
        .iterator()
    )


def _close(turns: list[TurnView], gathered: list[list[SentenceView]]) -> None:
    """Give the last turn the sentences gathered for it, and the first time among them."""
    if not turns or not gathered:
        return
    paragraphs = tuple(tuple(paragraph) for paragraph in gathered)
    start_ms = next((s.start_ms for paragraph in paragraphs for s in paragraph if s.start_ms is not None), None)
    last = turns[-1]
    turns[-1] = TurnView(last.name, last.speaker_id, last.speaker_slug, start_ms, paragraphs)
