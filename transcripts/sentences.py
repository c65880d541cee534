"""Where one sentence ends and the next begins."""

import re

# Longer runs without a full stop (machine captions, a pasted megabyte) are cut here, at the best place before it:
# a listener cannot use a link to ten minutes, and Postgres indexes at most a megabyte per row.
LONGEST_SENTENCE = 600
LONGEST_WORD = 200
_NEAR = 300

# Never the end of a sentence: a name or number follows.
_TITLES_TEXT = (
    "mr mrs ms dr prof st rev hon gen col capt lt sgt sen rep gov pres messrs mme mlle sr sra srta fr hr dra "
    "vs fig figs vol nos pp ed eds cf e.g i.e z.b d.h u.a bzw ca approx est dept univ viz al p.ej"
)
_TITLES = frozenset(_TITLES_TEXT.split())
# The end of a sentence only when the next word usually begins one.
_MAYBE_TEXT = (
    "etc inc ltd co corp jr a.m p.m u.s u.k u.n e.u ph.d m.d b.a m.a d.c no jan feb mar apr jun jul aug sep sept "
    "oct nov dec ave blvd rd hwy usw min max tel ext"
)
_MAYBE = frozenset(_MAYBE_TEXT.split())
_STARTERS_TEXT = (
    "the a an and but so or if we i i'm i've you he she it it's they this that these those there here what when where "
    "why who how in on at as for from with now then yes no well our my your their his her is are was do does did let "
    "because while after before once since let's that's we're we've they're der die das und aber el la los las y "
    "pero le les et mais"
)
_STARTERS = frozenset(_STARTERS_TEXT.split())
_CLOSERS = "\"'”’»›)]}*"
_OPENERS = "\"'“‘«‹([{¿¡„*"
# A link in brackets after the full stop belongs to the sentence before it.
_CANDIDATE = re.compile(
    rf"(?:[.!?…]+[{re.escape(_CLOSERS)}]*(?:\s+[(\[]<?https?://[^\s()]+[)\]])*\s+)|(?:[。！？]+[」』）]*\s*)",
    re.IGNORECASE,
)
_LINK_ONLY = re.compile(r"[(\[]?<?https?://\S+", re.IGNORECASE)


def split_sentences(paragraph: str) -> list[str]:
    """Cut a paragraph into sentences; white space between words becomes one space, no word is lost.

    Knows abbreviations, initials, decimals, quotations and "…"; a link in brackets stays with the sentence
    it follows. No sentence is longer than LONGEST_SENTENCE characters.
    """
    text = " ".join(_cut_long_words(paragraph.split()))
    found: list[str] = []
    start = 0
    for candidate in _CANDIDATE.finditer(text):
        if candidate.end() < len(text) and _ends_here(text, start, candidate):
            found.append(text[start : candidate.end()].strip())
            start = candidate.end()
    if rest := text[start:].strip():
        found.append(rest)
    return [piece for sentence in _with_their_links(found) for piece in _cut_long(sentence)]


def ends_sentence(text: str) -> bool:
    """True when the text closes with a full stop, question mark or the like, maybe inside quotes or brackets."""
    return text.rstrip().rstrip(_CLOSERS + "」』）").endswith((".", "!", "?", "…", "。", "！", "？"))


def _ends_here(text: str, start: int, candidate: re.Match[str]) -> bool:
    mark = candidate.group().strip()
    if mark[0] in "。！？":
        return True
    # Slices are short: a copy of the rest at each full stop would make a long text cost its square.
    following = text[candidate.end() : candidate.end() + _NEAR].lstrip(_OPENERS)
    if not following or following[0].islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = text[max(start, candidate.start() - _NEAR) : candidate.start()].rsplit(" ", 1)[-1].lstrip(_OPENERS)
    return _full_stop_ends(before, following.split(" ", 1)[0])


def _full_stop_ends(before: str, following: str) -> bool:
    """Whether the full stop after `before` ends a sentence, when `following` is the next word."""
    known = before.lower()
    next_word = following.lower().rstrip(".,;:!?").replace("’", "'")
    if known in _TITLES:
        return False
    if known in _MAYBE:
        return following[0].isalpha() and next_word in _STARTERS
    is_initial = len(before) == 1 and before.isalpha() and before != "I"
    if is_initial or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", before):
        return next_word in _STARTERS
    return True


def _with_their_links(sentences: list[str]) -> list[str]:
    """A "sentence" that is only a link belongs to the one before it."""
    joined: list[str] = []
    for sentence in sentences:
        if joined and _LINK_ONLY.fullmatch(sentence):
            joined[-1] += " " + sentence
        else:
            joined.append(sentence)
    return joined


def _cut_long_words(words: list[str]) -> list[str]:
    return [
        word[at : at + LONGEST_WORD] if len(word) > LONGEST_SENTENCE else word
        for word in words
        for at in (range(0, len(word), LONGEST_WORD) if len(word) > LONGEST_SENTENCE else (0,))
    ]


def _cut_long(sentence: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    while len(sentence) - start > LONGEST_SENTENCE:
        window = sentence[start : start + LONGEST_SENTENCE]
        at = max(window.rfind("; "), window.rfind(": "), window.rfind(", "))
        if at < LONGEST_SENTENCE // 3:
            at = window.rfind(" ")
        # A window without a space happens only where the next character is one: words are shorter than it.
        end = at + 1 if at > 0 else LONGEST_SENTENCE
        pieces.append(sentence[start : start + end].strip())
        start += end
        while start < len(sentence) and sentence[start] == " ":
            start += 1
    pieces.append(sentence[start:].strip())
    return [piece for piece in pieces if piece]
