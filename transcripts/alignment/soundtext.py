"""The text as one row of sounds, with the words and sentences they belong to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transcripts.alignment.spoken import spoken_words


@dataclass(frozen=True, slots=True)
class TextWord:
    """A word that is said; its sounds are sounds[first:end] of the text."""

    written: str
    sentence: int
    first: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class SoundText:
    """words: in order, without those nobody says; sentence_words: (first, end) in words for each sentence."""

    sounds: NDArray[np.intp]
    words: tuple[TextWord, ...]
    sentence_words: tuple[tuple[int, int], ...]

    def first_sound(self, sentence: int) -> int:
        """Where the sounds of a sentence begin, also when it has none."""
        first, _ = self.sentence_words[sentence]
        return self.words[first].first if first < len(self.words) else len(self.sounds)


def sound_text(
    sentences: Sequence[str],
    classes_of: Callable[[str], list[int]],
    *,
    english: bool = True,
    tick: Callable[[float], None] = lambda share: None,
) -> SoundText:
    """Pronounce the sentences; tick is told the share done after each."""
    sounds: list[int] = []
    words: list[TextWord] = []
    bounds: list[tuple[int, int]] = []
    for number, sentence in enumerate(sentences):
        first_word = len(words)
        for word in spoken_words(sentence, english=english):
            first = len(sounds)
            for said in word.said:
                sounds += classes_of(said)
            if len(sounds) > first:
                words.append(TextWord(word.written, number, first, len(sounds)))
        bounds.append((first_word, len(words)))
        tick((number + 1) / len(sentences))
    return SoundText(np.array(sounds, np.intp), tuple(words), tuple(bounds))
