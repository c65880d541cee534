"""The sounds of English as about forty classes, and how easily one is heard as another."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

# Each class with the signs that belong to it, in the recogniser's own notation (IPA, several languages mixed).
_CLASSES = {
    "p": "p pʰ p͈ ɸ",
    "b": "b ɓ ʙ β",
    "t": "t tʰ t͈ ʈ ʔ",
    "d": "d ɖ ɗ ɾ",
    "k": "k kʰ k͈ c",
    "g": "g ɡ ɟ ɣ",
    "t͡ʃ": "t͡ʃ t͡ɕ t͡ɕʰ t͡ɕ͈",
    "d͡ʒ": "d͡ʒ ʝ",
    "f": "f",
    "v": "v ʋ",
    "θ": "θ",
    "ð": "ð",
    "s": "s s͈",
    "z": "z ẑ",
    "ʃ": "ʃ ɕ ʂ ç",
    "ʒ": "ʒ ʐ ʑ",
    "h": "h ħ ɦ x χ",
    "m": "m ɱ",
    "n": "n ɲ ñ",
    "ŋ": "ŋ ɴ",
    "l": "l ɫ ʎ ɮ",
    "ɹ": "ɹ r ɻ ɽ ʀ ʁ",
    "j": "j",
    "w": "w ɰ ɥ",
    "i": "i ĩ ǐ ì y ji wi ɯi",
    "ɪ": "ɪ ɪə ʏ ɨ",
    "eɪ": "eɪ e ẽ je we",
    "ɛ": "ɛ eə ø œ",
    "æ": "æ",
    "ɑ": "ɑ ɒ a à ã ä å ja wa",
    "ɔ": "ɔ",
    "oʊ": "oʊ o õ jo ɤ",
    "ʊ": "ʊ",
    "u": "u ũ ʉ ju ɯ",
    "ʌ": "ʌ jʌ wʌ ɐ",
    "ə": "ə ɘ ɵ",
    "ɝ": "ɝ ɚ ɜ",
    "aɪ": "aɪ",
    "aʊ": "aʊ",
    "ɔɪ": "ɔɪ",
}
CLASSES = tuple(_CLASSES)
_NUMBER_OF = {
    unicodedata.normalize("NFC", sign): number
    for number, signs in enumerate(_CLASSES.values())
    for sign in signs.split()
}
# Groups whose members are taken for one another: (members, likeness).
_ALIKE = (
    ("p b", 0.4), ("t d", 0.4), ("k g", 0.4), ("t͡ʃ d͡ʒ", 0.4), ("f v", 0.4), ("θ ð", 0.4), ("s z", 0.5),
    ("ʃ ʒ", 0.4), ("t͡ʃ ʃ", 0.3), ("t͡ʃ t", 0.2), ("d͡ʒ ʒ", 0.4), ("d͡ʒ d", 0.2), ("ð d", 0.3), ("θ f", 0.3),
    ("θ t", 0.2), ("ð z", 0.2), ("ð v", 0.2), ("v b", 0.2), ("s ʃ", 0.2), ("p t k", 0.2), ("b d g", 0.2),
    ("m n ŋ", 0.4), ("l ɹ w", 0.15), ("ɹ ɝ", 0.4), ("j i", 0.3), ("w u", 0.3), ("w v", 0.2), ("i ɪ", 0.5),
    ("ɪ ə", 0.4), ("ɪ ɛ eɪ", 0.3), ("ɛ æ", 0.4), ("ɛ ə ʌ", 0.25), ("æ ɑ ʌ", 0.3), ("æ ə", 0.3), ("ɑ ɔ", 0.5),
    ("ɔ oʊ", 0.4), ("ʌ ə", 0.6), ("ɑ ə", 0.2), ("ʊ u", 0.5), ("ʊ ə", 0.4), ("u oʊ", 0.25), ("oʊ ə", 0.2),
    ("ə ɝ", 0.4), ("ɝ ɔ", 0.2), ("aɪ ɑ", 0.35), ("aɪ ɪ", 0.2), ("aʊ ɑ", 0.35), ("aʊ oʊ", 0.25), ("ɔɪ ɔ", 0.35),
    ("eɪ æ", 0.2), ("eɪ i", 0.25),
)  # fmt: skip
_VOWELS = frozenset(CLASSES[CLASSES.index("i") :])
# Any vowel may stand for any other a little, any consonant hardly.
_VOWEL_LIKENESS = 0.12
_CONSONANT_LIKENESS = 0.02


def class_of(sign: str) -> int | None:
    """The number of the class a sign belongs to; None for blanks, marks of length or tone, and what is not known."""
    return _NUMBER_OF.get(unicodedata.normalize("NFC", sign))


def classes_of(signs: list[str]) -> list[int]:
    """The classes of the signs, without those that are none."""
    return [number for sign in signs if (number := class_of(sign)) is not None]


def likeness() -> NDArray[np.float32]:
    """How far each class (row) may be heard as another (column): 1 on the diagonal, symmetric."""
    count = len(CLASSES)
    table = np.full((count, count), _CONSONANT_LIKENESS, dtype=np.float32)
    vowels = [number for number, name in enumerate(CLASSES) if name in _VOWELS]
    table[np.ix_(vowels, vowels)] = _VOWEL_LIKENESS
    for members, share in _ALIKE:
        numbers = [CLASSES.index(name) for name in members.split()]
        pairs = np.ix_(numbers, numbers)
        table[pairs] = np.maximum(table[pairs], share)
    np.fill_diagonal(table, 1.0)
    return table
