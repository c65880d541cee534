"""Find every sentence of a transcript in the audio it was spoken in."""

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment import estimating, matching, phonemes, pins, recogniser, sentencetimes, snapping
from transcripts.alignment.contract import AlignmentResult, Progress, SentenceIn
from transcripts.alignment.indistinct import with_indistinct
from transcripts.alignment.placing import place_words
from transcripts.alignment.soundtext import SoundText, sound_text
from transcripts.alignment.unmatched import unmatched_speech

# Shares of the whole work, as measured on an hour of speech.
_LISTENED, _PRONOUNCED = 0.75, 0.85
# In other languages than English: a sentence of which this much was heard is taken to be there, if it is not the
# only one in four.
_ANCHOR_SHARE = 0.5
_LEAST_ANCHORS = 0.25


def align(
    audio_path: Path,
    sentences: Sequence[SentenceIn],
    language: str,
    *,
    progress: Progress | None = None,
    g2p_cache: MutableMapping[str, str] | None = None,
    snap: bool = True,
) -> AlignmentResult:
    """Times for the sentences, recognised when they are English, else estimated between what was recognised.

    language: a BCP 47 tag. progress: told the share done; what it raises ends the work. g2p_cache: keeps how words
    sound between calls. snap: move starts to the end of the pause just before or after. Blocking, one core, about
    six seconds of work for a minute of audio. Raises AlignmentError when the audio cannot be read.
    """
    tell = progress or (lambda share: None)
    tell(0.0)
    if recogniser.is_available():
        heard = recogniser.listen(audio_path, lambda share: tell(share * _LISTENED))
        english = can_recognise(language)
        result = _recognised(heard, sentences, tell, g2p_cache, snap=snap, english=english)
        if not english:
            result = _estimated_with_anchors(heard, sentences, result)
    else:
        result = estimating.estimate(audio_path, sentences, tell)
    tell(1.0)
    return result


def can_recognise(language: str) -> bool:
    """Whether times of sentences of this language are made by recognising them, not estimated."""
    return recogniser.is_available() and language.lower().replace("_", "-").split("-")[0] in ("en", "")


def _recognised(
    heard: recogniser.HeardSounds,
    sentences: Sequence[SentenceIn],
    tell: Progress,
    g2p_cache: MutableMapping[str, str] | None,
    *,
    snap: bool,
    english: bool,
) -> AlignmentResult:
    pronouncer = recogniser.Pronouncer(g2p_cache)
    text = sound_text(
        [sentence.text for sentence in sentences],
        pronouncer.classes_of,
        english=english,
        tick=lambda share: tell(_LISTENED + (_PRONOUNCED - _LISTENED) * share),
    )
    fixed = pins.in_order([sentence.pinned_start_ms for sentence in sentences], heard.audio_ms)
    fits = heard.posteriors @ phonemes.likeness()
    paired = _paired(heard, fits, text, fixed, tell)
    pair_fits = np.zeros(len(text.sounds), np.float32)
    found = paired >= 0
    pair_fits[found] = fits[paired[found], text.sounds[found]]
    placed = place_words(text, paired, pair_fits, heard)
    if snap:
        placed = snapping.snapped(text, placed, heard.loudness_db)
    times = sentencetimes.sentence_times(text, placed, heard.audio_ms, fixed)
    times = with_indistinct(times, text, heard)
    times = pins.checked_against_hints(times, [sentence.hint_start_ms for sentence in sentences])
    return AlignmentResult(
        sentences=tuple(times),
        method="recognised",
        audio_ms=heard.audio_ms,
        unmatched_speech=unmatched_speech(heard, times),
    )


def _estimated_with_anchors(
    heard: recogniser.HeardSounds, sentences: Sequence[SentenceIn], result: AlignmentResult
) -> AlignmentResult:
    """Estimates between the sentences that were heard well.

    The recogniser knows sounds of many languages, but only English was measured: so nothing here is called sure.
    """
    anchored = [
        replace(sentence, hint_start_ms=time.start_ms) if (time.confidence or 0.0) >= _ANCHOR_SHARE else sentence
        for sentence, time in zip(sentences, result.sentences, strict=True)
    ]
    anchors = sum(new is not old for new, old in zip(anchored, sentences, strict=True))
    if anchors < len(sentences) * _LEAST_ANCHORS:
        anchored = list(sentences)
    times = estimating.spread(anchored, heard.loudness_db, heard.audio_ms)
    return AlignmentResult(tuple(times), "estimated", heard.audio_ms)


def _paired(
    heard: recogniser.HeardSounds,
    fits: NDArray[np.float32],
    text: SoundText,
    fixed: Sequence[int | None],
    tell: Progress,
) -> NDArray[np.int64]:
    """Pair sounds of the text with heard ones; nothing crosses a pinned start."""
    paired = np.full(len(text.sounds), -1, np.int64)
    cuts = [(0, 0)]
    for sentence, start_ms in enumerate(fixed):
        if start_ms is not None:
            # A sound is noticed a little after it began.
            cuts.append((text.first_sound(sentence), int(np.searchsorted(heard.start_ms, start_ms))))
    cuts.append((len(text.sounds), len(fits)))
    for number, ((text_first, heard_first), (text_end, heard_end)) in enumerate(pairwise(cuts)):
        done, step = number / (len(cuts) - 1), 1 / (len(cuts) - 1)

        def tick(share: float, done: float = done, step: float = step) -> None:
            tell(_PRONOUNCED + (1 - _PRONOUNCED) * (done + step * share))

        part = matching.match(
            fits[heard_first:heard_end], heard.weight[heard_first:heard_end], text.sounds[text_first:text_end], tick
        )
        paired[text_first:text_end] = np.where(part >= 0, part + heard_first, -1)
    return paired
