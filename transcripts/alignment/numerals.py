"""Numbers as they are said in English."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ROMAN_TENS = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
_ROMAN_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_ROMANS = {_ROMAN_TENS[n // 10] + _ROMAN_ONES[n % 10]: n for n in range(1, 100)}


def cardinal(number: int) -> list[str]:
    """Words of a whole number of zero or more, without "and": 342 → three hundred forty two."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10 - 2], *([_ONES[number % 10]] if number % 10 else [])]
    for size, name in _SCALES:
        if number >= size:
            rest = number % size
            return [*cardinal(number // size), name, *(cardinal(rest) if rest else [])]
    raise AssertionError("every number from 100 has a scale")


def ordinal(number: int) -> list[str]:
    """Words of a rank: 21 → twenty first."""
    *before, last = cardinal(number)
    return [*before, _as_ordinal(last)]


def year(number: int) -> list[str]:
    """Words of a four-digit year: 1455 → fourteen fifty five, 1905 → nineteen oh five, 2007 → two thousand seven."""
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    if rest == 0:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def plural(words: list[str]) -> list[str]:
    """The last word in the plural: nineteen ninety → nineteen nineties."""
    last = words[-1]
    ending = last[:-1] + "ies" if last.endswith("y") else last + ("es" if last.endswith("x") else "s")
    return [*words[:-1], ending]


def digits(figures: str) -> list[str]:
    """Each figure by itself, as telephone numbers are read."""
    return [_ONES[int(figure)] for figure in figures]


def roman(letters: str) -> int | None:
    """The value of a Roman numeral in capitals below 100, None when it is none."""
    return _ROMANS.get(letters)


def _as_ordinal(word: str) -> str:
    if word in _IRREGULAR_ORDINALS:
        return _IRREGULAR_ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
