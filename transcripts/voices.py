"""Whom a transcript's labels mean: the episode's own people first, then what the show remembers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from episodes.models import Episode, Speaker
from transcripts.models import RememberedVoice, Transcript, VoiceLabel
from transcripts.revisions import lock

# Labels that a machine gives to whoever it does not know: true in one recording only, so never remembered.
_ANONYMOUS = re.compile(r"(?:unknown )?(?:speaker|voice|sprecher|orador|talare)\s*\d*|unknown|inaudible|\?+|\d+")
_TITLES = re.compile(r"\b(?:dr|prof|professor|mr|mrs|ms|sir|dame|md|phd|rn|mph|msc|ma|ba)\b\.?")


def folded(label: str) -> str:
    """A label without accents, case, titles and marks: "Dr. Paul Batalden, MD:" becomes "paul batalden"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", label.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", " ", _TITLES.sub(" ", plain.replace(".", ". ")))
    return " ".join(words.split()) or " ".join(plain.split())


def is_anonymous(label: str) -> bool:
    """True for "Speaker 1", "Unknown Speaker" and the like, which mean someone else in every recording."""
    return _ANONYMOUS.fullmatch(folded(label)) is not None


def speaker_meant(label: str, people: Sequence[Speaker]) -> Speaker | None:
    """The one person of these whom the label can mean: by name, initials, first or last name; None when in doubt."""
    wanted = folded(label)
    if not wanted or is_anonymous(label):
        return None
    for names in (_whole_name, _initials, _parts):
        meant = [person for person in people if wanted in names(person)]
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


@transaction.atomic
def match_voices(transcript: Transcript) -> list[VoiceLabel]:
    """Give the transcript's unmatched labels their speaker where that is certain; returns the labels left over."""
    episode = transcript.episode
    people = list(Speaker.objects.filter(appearances__episode=episode).distinct().order_by("pk"))
    remembered = {
        voice.label: voice.speaker
        for voice in RememberedVoice.objects.filter(show_id=episode.show_id).select_related("speaker")
    }
    left: list[VoiceLabel] = []
    for voice in transcript.voices.filter(speaker__isnull=True).exclude(match=VoiceLabel.Match.PERSON):
        if speaker := speaker_meant(voice.label, people):
            voice.match = VoiceLabel.Match.APPEARANCE
        elif not is_anonymous(voice.label) and (speaker := remembered.get(folded(voice.label))):
            voice.match = VoiceLabel.Match.REMEMBERED
        else:
            left.append(voice)
            continue
        voice.speaker = speaker
        voice.save(update_fields=["speaker", "match"])
    return left


# What a label can be said to mean, as a form writes it; else the speaker's number.
UNDECIDED, NOBODY = "", "0"


@dataclass(frozen=True)
class VoiceChoice:
    """What a page showed of a label (`seen`; None: it did not say) and what its user chose there."""

    voice_id: int
    seen: str | None
    chosen: str


@dataclass(frozen=True)
class ChoiceOutcome:
    """How many labels mean someone else now; of the others, by their id, whom they mean since somebody else chose."""

    saved: int
    conflicts: dict[int, str]


def chosen_for(voice: VoiceLabel) -> str:
    """Whom the label means, as a form writes it."""
    if voice.speaker_id:
        return str(voice.speaker_id)
    return NOBODY if voice.match == VoiceLabel.Match.PERSON else UNDECIDED


@transaction.atomic
def choose_voices(transcript_id: int, choices: Sequence[VoiceChoice]) -> ChoiceOutcome:
    """Store what was chosen on one page. A label that was left alone stays as others made it meanwhile.

    Where somebody else chose another person since the page was shown, nothing is stored for that label: it is told.
    """
    lock(transcript_id)
    voices = {
        voice.pk: voice for voice in VoiceLabel.objects.filter(transcript=transcript_id).select_related("speaker")
    }
    saved, conflicts = 0, {}
    for choice in choices:
        voice = voices.get(choice.voice_id)
        if voice is None or choice.chosen in (UNDECIDED, choice.seen, now := chosen_for(voice)):
            continue
        speaker = None
        if choice.chosen != NOBODY:
            number = choice.chosen if choice.chosen.isascii() and choice.chosen.isdecimal() else "0"
            speaker = Speaker.objects.filter(pk=number[:18]).first()
            if speaker is None:
                continue
        if now != choice.seen:
            conflicts[voice.pk] = str(voice.speaker) if voice.speaker_id else "nobody we name" if now else "not decided"
            continue
        name_voice(voice, speaker)
        saved += 1
    return ChoiceOutcome(saved, conflicts)


@transaction.atomic
def name_voice(voice: VoiceLabel, speaker: Speaker | None) -> None:
    """A person's choice: the label means this speaker here, and from now on in the show; None: nobody we name."""
    voice.speaker = speaker
    voice.match = VoiceLabel.Match.PERSON
    voice.save(update_fields=["speaker", "match"])
    show_id = Episode.objects.values_list("show_id", flat=True).get(transcripts=voice.transcript_id)
    label = folded(voice.label)
    if is_anonymous(voice.label):
        return
    if speaker is None:
        RememberedVoice.objects.filter(show_id=show_id, label=label).delete()
    else:
        RememberedVoice.objects.update_or_create(show_id=show_id, label=label, defaults={"speaker": speaker})


def _whole_name(person: Speaker) -> set[str]:
    return {folded(person.name)}


def _initials(person: Speaker) -> set[str]:
    words = folded(person.name).split()
    return {"".join(word[0] for word in words), words[0][0] + words[-1][0]} if len(words) > 1 else set()


def _parts(person: Speaker) -> set[str]:
    return set(folded(person.name).split())
