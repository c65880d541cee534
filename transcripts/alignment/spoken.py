"""The words of a written sentence as a voice says them."""

import re
import unicodedata
from dataclasses import dataclass

from transcripts.alignment import numerals
from transcripts.alignment.figures import said_figures

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_LINK = re.compile(r"[(\[<]*(?:https?://|www\.)\S*", re.IGNORECASE)
_SQUARE = re.compile(r"\[[^\[\]]{0,200}\]")
_STAGE = (
    "laugh laughs laughing laughter chuckle chuckles chuckling music applause applauding clapping sigh sighs sighing "
    "pause pauses silence cough coughs coughing inaudible unintelligible indistinct crosstalk overlapping jingle "
    "cheers cheering gasps sniffs whispering foreign noise ringing beep theme"
)
_ROUND = re.compile(rf"(?:\([^()]{{0,60}}\b(?:{'|'.join(_STAGE.split())})\b[^()]{{0,60}}\))", re.IGNORECASE)
_STARRED = re.compile(rf"\*\s?(?:{'|'.join(_STAGE.split())})\s?\*", re.IGNORECASE)

_ABBREVIATIONS = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "dr": "doctor",
    "prof": "professor",
    "st": "saint",
    "jr": "junior",
    "sr": "senior",
    "vs": "versus",
    "etc": "et cetera",
    "rev": "reverend",
    "gov": "governor",
    "gen": "general",
    "dept": "department",
    "approx": "approximately",
    "messrs": "messers",
    "mt": "mount",
    "phd": "pea aitch dee",
}
# Short forms that are also words: only with their full stop.
_NEED_A_STOP = frozenset({"gen", "rev", "mt", "st", "gov", "sr", "no", "fig"})
_SIGNS = {"&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "°": "degrees", "×": "times"}
# How the letters sound, in spellings the pronouncing model reads rightly; of single letters it makes junk.
_LETTER_NAMES = (
    "ay bee see dee ee eff jee aitch eye jay kay ell em en oh pea cue are ess tee you vee doubleyou ex why zee"
)
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", _LETTER_NAMES.split(), strict=True))
_SAID_AS_WORDS = frozenset(
    "aids asap covid faq gif jpeg laser nafta nasa nato opec osha pin radar sars scuba sim ted unesco "
    "unicef zoom".split()
)
_NUMBERED = frozenset(
    "act appendix article book chapter class figure grade level part phase schedule section stage step table title "
    "tier type version volume war world".split()
)
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?", re.UNICODE)
_PIECE = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*'?|[$£€]?\d[\d.,:]*(?:(?:st|nd|rd|th|s|k|m|bn)\b)?%?|[&+=@%°×.]", re.UNICODE
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?", re.UNICODE)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|info|io|co|uk|eu|de|fm|health)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as written and what is said for it; `said` is empty for what nobody says (links, stage directions)."""

    written: str
    said: tuple[str, ...]


def spoken_words(sentence: str, *, english: bool = True) -> list[SpokenWord]:
    """The words of a sentence between white space, each with the words said for it, in lower case.

    Outside English only links and stage directions are known, and figures are left unsaid.
    """
    silent = _silent_places(sentence)
    tokens = [(match.start(), match.group()) for match in re.finditer(r"\S+", sentence)]
    shouted = english and _is_all_capitals(sentence)
    found: list[SpokenWord] = []
    before = ""
    for start, written in tokens:
        text = "".join(" " if silent[start + at] else letter for at, letter in enumerate(written))
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
        said: list[str] = []
        for part in text.split():
            said += _said(part.lower() if shouted else part, before) if english else _letters_only(part)
        found.append(SpokenWord(written, tuple(said)))
        before = written
    return found


def _silent_places(sentence: str) -> list[bool]:
    silent = [False] * len(sentence)
    for pattern in (_LINK, _SQUARE, _ROUND, _STARRED):
        for match in pattern.finditer(sentence):
            silent[match.start() : match.end()] = [True] * (match.end() - match.start())
    return silent


def _is_all_capitals(sentence: str) -> bool:
    letters = [letter for letter in sentence if letter.isalpha()]
    return len(letters) > 12 and not any(letter.islower() for letter in letters)


def _letters_only(text: str) -> list[str]:
    return [match.group().lower().strip("'") for match in _PLAIN_WORD.finditer(text)]


def _said(text: str, before: str) -> list[str]:
    bare = text.strip("\"“”„«»()[]{}<>*_…,;:!?—–-'")
    if _DOMAIN.fullmatch(bare.rstrip(".")):
        return _said_domain(bare.rstrip("."))
    if _DOTTED.fullmatch(bare):
        return _spelled(bare.replace(".", ""))
    stopped = bare.endswith(".")
    word = bare.rstrip(".")
    known = word.lower()
    if known in _ABBREVIATIONS and (stopped or known not in _NEED_A_STOP) and not (known == "ms" and word == "MS"):
        return _ABBREVIATIONS[known].split()
    if (numeral := _said_roman(word, before)) is not None:
        return numeral
    said: list[str] = []
    pieces = _PIECE.findall(word)
    for piece in pieces:
        # A letter among figures or signs is named: A1c, R&D.
        named = len(pieces) > 1 and len(piece) == 1 and piece.isalpha()
        said += (_spelled(piece) or [piece.lower()]) if named else _said_piece(piece)
    return said


def _said_piece(piece: str) -> list[str]:
    if piece in _SIGNS:
        return [_SIGNS[piece]]
    if piece[0].isdigit() or piece[0] in "$£€":
        return said_figures(piece)
    if not piece[0].isalpha():
        return []
    if _is_acronym(piece) or (len(piece) == 1 and piece.lower() not in "aio"):
        return _spelled(piece) or [piece.lower()]
    return [piece.lower().strip("'")]


def _is_acronym(piece: str) -> bool:
    core = piece.removesuffix("'s").removesuffix("s") if len(piece) > 2 else piece
    if not core.isupper() or len(core) < 2 or core.lower() in _SAID_AS_WORDS:
        return False
    if len(core) <= 3:
        return True
    # Longer ones are read as a word where that is possible: a vowel between consonants at least every third letter.
    return len(core) <= 6 and re.search(r"[^AEIOUY]{3}|^[^AEIOUY]{2}(?![RL])|^[AEIOU]{2}", core) is not None


def _spelled(piece: str) -> list[str]:
    core = piece.removesuffix("'s").removesuffix("s") if piece[:2].isupper() and len(piece) > 2 else piece
    said = [_LETTERS[letter] for letter in _plain_letters(core)]
    if core != piece and said:
        said[-1] += "s"
    return said


def _plain_letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).lower() if letter in _LETTERS)


def _said_domain(text: str) -> list[str]:
    said: list[str] = []
    for number, label in enumerate(text.split(".")):
        said += ["dot"] if number else []
        said += _spelled(label) if len(label) <= 2 or label.lower() == "www" else _letters_only(label)
    return said


def _said_roman(word: str, before: str) -> list[str] | None:
    """Henry VIII → the eighth, Chapter IV → four; one letter only after a word that is followed by numbers."""
    value = numerals.roman(word)
    if value is None:
        return None
    if before.lower().strip(".,:;") in _NUMBERED:
        return numerals.cardinal(value)
    if len(word) == 1 or (
        word in ("LI", "XL", "MI", "CD", "CV", "CC", "MC", "DC", "IV", "XI", "XX") and not before[:1].isupper()
    ):
        return None
    if before[:1].isupper() and before[-1:].isalpha():
        return ["the", *numerals.ordinal(value)]
    return numerals.cardinal(value)
