"""A transcript file, taken in: read, stored, its voices matched."""

import hashlib
import re
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from episodes.filing import keep_bytes
from episodes.models import Episode
from episodes.models.fields import private_storage
from transcripts.document import Sentence, Timing, TranscriptDocument, TranscriptError
from transcripts.estimate import with_estimates
from transcripts.models import Segment, Transcript
from transcripts.models.voice import LONGEST_LABEL
from transcripts.reading import length_notices, read_transcript
from transcripts.revisions import SegmentState, keep_revision, lock, replace_segments
from transcripts.search.vocabulary import learn_words
from transcripts.textfile import LARGEST_FILE_BYTES
from transcripts.timing import request_times
from transcripts.voices import match_voices

_LANGUAGE = re.compile(r"[a-z]{2}(?:-[a-z0-9]{2,8})*")
_LONGEST_LANGUAGE: int = Transcript._meta.get_field("language").max_length or 0
_EXTENSIONS = {"webvtt": "vtt", "podcast_json": "json", "otter": "txt", "text": "txt"}
_STATUS = {
    Timing.GIVEN: Segment.Status.OK,
    Timing.ESTIMATED: Segment.Status.ESTIMATED,
    Timing.NONE: Segment.Status.UNTIMED,
}


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What came of a file, for the producer; `notices` are sentences, `unmatched` labels nobody is known for."""

    transcript: Transcript
    document: TranscriptDocument
    notices: tuple[str, ...]
    unmatched: tuple[str, ...]

    @property
    def summary(self) -> str:
        sentences = self.document.sentences
        given = sum(sentence.timing is Timing.GIVEN for sentence in sentences)
        words = sum(len(sentence.text.split()) for sentence in sentences)
        voices = len(self.document.voices)
        return (
            f"Read {words} words in {len(sentences)} sentences, {given} of them with a time of their own, "
            f"by {voices} named {'voice' if voices == 1 else 'voices'}."
        )


def ingest_transcript(
    episode: Episode,
    content: bytes,
    name: str = "",
    *,
    language: str = "",
    origin: str = "",
    by: User | None = None,
) -> IngestReport:
    """Make this file the episode's transcript in `language` (the show's, if not given).

    The file is kept as received; an earlier transcript in the language becomes a revision, and times a person had
    pinned to a sentence stay with it. Raises TranscriptError, before anything is stored, when it cannot be read, and
    FilingError when the server cannot keep it.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise TranscriptError("This file is larger than 10 MB. Upload one episode's transcript only.")
    document = read_transcript(content)
    notices = (*document.notices, *length_notices(document, episode.duration_ms))
    with transaction.atomic():
        transcript = _row(episode, language or _language(document, episode))
        if origin:
            transcript.origin = origin
        _describe(transcript, document, content, name, [str(notice) for notice in notices])
        states = _with_pins(_states(with_estimates(document, episode.duration_ms)), transcript)
        replace_segments(transcript, states)
        transcript.voices.exclude(label__in={state[0] for state in states}).delete()
        unmatched = match_voices(transcript)
        keep_revision(transcript, f"Read from {name}" if name else "Read from a file", by)
        learn_words(transcript)
        request_times(transcript)
    return IngestReport(
        transcript, document, tuple(str(notice) for notice in notices), tuple(voice.label for voice in unmatched)
    )


def _language(document: TranscriptDocument, episode: Episode) -> str:
    """The show's language, unless the file says that it is in another one ("en-GB" is not another one than "en")."""
    stated = document.language.lower().replace("_", "-")
    shows: str = episode.show.language
    is_one = _LANGUAGE.fullmatch(stated) and len(stated) <= _LONGEST_LANGUAGE
    another = is_one and stated.split("-")[0] != shows.split("-")[0]
    return stated if another else shows


def _row(episode: Episode, language: str) -> Transcript:
    """The episode's transcript in the language, held; a new one when there is none."""
    transcript, _ = Transcript.objects.get_or_create(episode=episode, language=language)
    return lock(transcript.pk)


def _describe(
    transcript: Transcript, document: TranscriptDocument, content: bytes, name: str, notices: list[str]
) -> None:
    """Where the text comes from; the stored name says what the content is, not what the upload was called."""
    extension = _EXTENSIONS.get(document.format, document.format)
    digest = hashlib.sha256(content).hexdigest()
    if transcript.source_sha256 != digest:
        name_in_store = f"transcripts/{digest}.{extension}"
        transcript.source = keep_bytes(private_storage(), name_in_store, content)
    transcript.source_sha256 = digest
    transcript.source_name = name[-255:]
    transcript.source_format = document.format
    transcript.source_title = document.title[:255]
    transcript.source_recorded = document.recorded[:100]
    transcript.source_duration_ms = document.duration_ms
    transcript.keywords = list(document.keywords)
    transcript.notices = notices
    transcript.save()


def _states(document: TranscriptDocument) -> list[SegmentState]:
    return [
        [
            turn.voice[:LONGEST_LABEL].strip(),
            sentence.starts_paragraph or index == 0,
            sentence.text,
            sentence.start_ms,
            _end_ms(sentence),
            _STATUS[sentence.timing].value,
            None,
            [[word.text, word.start_ms, word.end_ms, word.confidence] for word in sentence.words],
        ]
        for turn in document.turns
        for index, sentence in enumerate(turn.sentences)
    ]


def _end_ms(sentence: Sentence) -> int | None:
    if sentence.start_ms is None or sentence.end_ms is None:
        return None
    return max(sentence.end_ms, sentence.start_ms + 1)


def _with_pins(states: list[SegmentState], transcript: Transcript) -> list[SegmentState]:
    """Times that a person set stay with sentences whose words are the same, where that is no guess."""
    pinned: dict[str, list[tuple[int | None, int | None]]] = {}
    for text, start_ms, end_ms in transcript.segments.filter(status=Segment.Status.PINNED).values_list(
        "text", "start_ms", "end_ms"
    ):
        pinned.setdefault(text, []).append((start_ms, end_ms))
    texts = [state[2] for state in states]
    for state in states:
        times = pinned.get(state[2], [])
        if len(times) == 1 and texts.count(state[2]) == 1:
            state[3:6] = [*times[0], Segment.Status.PINNED.value]
    return states
