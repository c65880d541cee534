"""How to cite an episode: APA 7, Vancouver (NLM), BibTeX and RIS, with the moment if one is meant."""

import re
from dataclasses import dataclass
from datetime import date

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LONG_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation needs. `people` are (name, role) in order; `moment` is a clock time such as 12:34, or ""."""

    title: str
    show: str
    publisher: str
    people: tuple[tuple[str, str], ...]
    published_on: date
    url: str
    duration: str = ""
    number: str = ""
    language: str = "en"
    moment: str = ""


# A family name of several words begins with one of these; everything else is written as its last word.
_PARTICLES = {
    "van",
    "von",
    "de",
    "del",
    "della",
    "der",
    "den",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "af",
    "ter",
    "bin",
    "ibn",
}


def split_name(name: str) -> tuple[str, str]:
    """(given names, family name): "Ludwig van Beethoven" is ("Ludwig", "van Beethoven")."""
    words = name.split()
    if len(words) < 2:
        return "", name.strip()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _initials(given: str, stop: str, glue: str) -> str:
    """Of each given name the first letter; hyphened names keep their hyphen where stops are written."""
    letters = []
    for word in given.split():
        parts = [part for part in word.split("-") if part]
        if parts:
            letters.append(("-" if stop else "").join(part[0].upper() + stop for part in parts))
    return glue.join(letters)


def _apa_name(name: str) -> str:
    given, family = split_name(name)
    return f"{family}, {_initials(given, '.', ' ')}" if given else family


def apa(cited: Cited) -> str:
    """Batalden, P. (Host). (2022, June 21). Title (No. 3) [Audio podcast episode]. In Show. Publisher. URL"""
    people = cited.people or ((cited.publisher, ""),)
    named = [
        f"{_apa_name(name) if role or cited.people else name}{f' ({role})' if role else ''}" for name, role in people
    ]
    who = named[0] if len(named) == 1 else f"{', '.join(named[:-1])}, & {named[-1]}"
    day = f"{cited.published_on.year}, {LONG_MONTHS[cited.published_on.month - 1]} {cited.published_on.day}"
    number = f" (No. {cited.number})" if cited.number else ""
    moment = f" ({cited.moment})" if cited.moment else ""
    publisher = "" if cited.publisher == cited.show else f"{cited.publisher}. "
    return (
        f"{_ended(who)} ({day}). {cited.title}{number} [Audio podcast episode]{moment}. In {cited.show}. "
        f"{publisher}{cited.url}"
    )


def vancouver(cited: Cited) -> str:
    """Batalden P, host. Title [audio podcast episode]. Show. Publisher; 2022 Jun 21 [11:38]. Available from: URL"""
    named = []
    for name, role in cited.people:
        given, family = split_name(name)
        named.append(f"{family} {_initials(given, '', '')}".strip() + (f", {role.lower()}" if role else ""))
    who = "; ".join(named) if named else cited.publisher
    day = f"{cited.published_on.year} {MONTHS[cited.published_on.month - 1]} {cited.published_on.day}"
    length = f" [{cited.duration}]" if cited.duration else ""
    at = f" At {cited.moment}." if cited.moment else ""
    return (
        f"{_ended(who)} {_ended(f'{cited.title} [audio podcast episode]')} {_ended(cited.show)} "
        f"{cited.publisher}; {day}{length}.{at} Available from: {cited.url}"
    )


_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in _one_line(text))


def bibtex(cited: Cited, key: str) -> str:
    """A @misc entry, which every style knows; `key` is made of letters, digits and hyphens."""
    authors = " and ".join(
        f"{_tex(family)}, {_tex(given)}" if given else f"{{{_tex(family)}}}"
        for given, family in (split_name(name) for name, _ in cited.people)
    )
    fields = {
        "author": authors or f"{{{_tex(cited.publisher)}}}",
        "title": f"{{{_tex(cited.title)}}}",
        "howpublished": f"Audio podcast episode, {_tex(cited.show)}",
        "publisher": _tex(cited.publisher),
        "year": str(cited.published_on.year),
        "month": str(cited.published_on.month),
        "day": str(cited.published_on.day),
        "url": _one_line(cited.url),
        "note": _tex(f"At {cited.moment}") if cited.moment else "",
        "language": cited.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return f"@misc{{{re.sub(r'[^A-Za-z0-9-]', '', key) or 'episode'},\n" + "\n".join(lines) + "\n}\n"


def ris(cited: Cited) -> str:
    """TY SOUND, lines ended by CR LF as the format has them."""
    lines = [("TY", "SOUND"), ("TI", cited.title), ("T2", cited.show)]
    lines += [("AU", ", ".join(part for part in reversed(split_name(name)) if part)) for name, _ in cited.people]
    lines += [
        ("PB", cited.publisher),
        ("PY", str(cited.published_on.year)),
        ("DA", f"{cited.published_on:%Y/%m/%d}"),
        ("M3", "Audio podcast episode"),
        ("LA", cited.language),
        ("SP", cited.moment),
        ("UR", cited.url),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ended(text: str) -> str:
    """With exactly one stop at its end."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
