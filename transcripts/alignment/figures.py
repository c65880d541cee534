"""Words for a run of figures: years, sums of money, times of day, decimals, ranks."""

import re

from transcripts.alignment import numerals

_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_SUFFIXES = {"k": "thousand", "m": "million", "bn": "billion"}
_SHAPE = re.compile(r"(?P<money>[$£€]?)(?P<number>\d[\d.,:]*?)[.,:]*(?P<suffix>st|nd|rd|th|s|k|m|bn)?(?P<percent>%?)")
# Longer rows of figures are not read as one number by anybody.
_MOST_FIGURES = 12


def said_figures(text: str) -> list[str]:
    """What is said for "1455", "1990s", "3.5", "10:30", "$1,200", "21st" or "50%"."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return numerals.digits(re.sub(r"[^0-9]", "", text)[:_MOST_FIGURES])
    number, suffix = shape["number"], shape["suffix"]
    if shape["money"] and (coins := re.fullmatch(r"([\d,]+)\.(\d\d)", number)):
        return [*_plain(coins[1], may_be_year=False), _CURRENCIES[shape["money"]], *_clock_part(coins[2])]
    if suffix in ("st", "nd", "rd", "th") and number.isdecimal() and len(number) <= _MOST_FIGURES:
        said = numerals.ordinal(int(number))
    elif suffix == "s":
        said = numerals.plural(_plain(number))
    else:
        said = [*_plain(number, may_be_year=not shape["money"]), *([_SUFFIXES[suffix]] if suffix in _SUFFIXES else [])]
    if shape["money"]:
        said.append(_CURRENCIES[shape["money"]])
    if shape["percent"]:
        said.append("percent")
    return said


def _plain(number: str, *, may_be_year: bool = True) -> list[str]:
    if ":" in number:
        return [word for part in number.split(":") if part for word in _clock_part(part)]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number, may_be_year = number.replace(",", ""), False
    whole, point, decimals = number.replace(",", ".").partition(".")
    if point:
        decimals = re.sub(r"\D", "", decimals)[:_MOST_FIGURES]
        return [*_whole(whole, may_be_year=False), "point", *numerals.digits(decimals)]
    return _whole(whole, may_be_year=may_be_year)


def _clock_part(part: str) -> list[str]:
    figures = re.sub(r"\D", "", part)[:_MOST_FIGURES]
    if figures == "00":
        return []
    if len(figures) == 2 and figures[0] == "0":
        return ["oh", *numerals.digits(figures[1])]
    return numerals.cardinal(int(figures)) if figures else []


def _whole(figures: str, *, may_be_year: bool) -> list[str]:
    if len(figures) > _MOST_FIGURES:
        return numerals.digits(figures[:_MOST_FIGURES])
    if len(figures) > 1 and figures[0] == "0":
        return numerals.digits(figures)
    value = int(figures)
    return numerals.year(value) if may_be_year and 1100 <= value <= 2099 else numerals.cardinal(value)
