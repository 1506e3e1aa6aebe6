"""How lists count: 1 2 3, i ii iii, a b c, а б в."""

from __future__ import annotations

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"  # those that lists count with: no ё, й, ъ, ь
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_ROMAN_END = 4000  # from here on there are no Roman numerals
_MOST_LETTERS = 20  # in one number: "zzz…" of a damaged file is no number


def roman(number: int) -> str:
    """Return a number in small Roman numerals; beyond 1–3999 in figures.

    >>> roman(14)
    'xiv'
    """
    if not 0 < number < _ROMAN_END:
        return str(number)
    parts: list[str] = []
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        parts.append(letters * times)
    return "".join(parts)


def latin_letter(number: int) -> str:
    """Return a number as word processors letter it: z is followed by aa, bb, cc.

    >>> latin_letter(2), latin_letter(28)
    ('b', 'bb')
    """
    return _lettered(number, _LATIN)


def russian_letter(number: int) -> str:
    """Return a number as a letter of a Russian list.

    >>> russian_letter(10)
    'к'
    """
    return _lettered(number, _RUSSIAN)


def _lettered(number: int, letters: str) -> str:
    times, index = divmod(number - 1, len(letters))
    if number < 1 or times >= _MOST_LETTERS:
        return str(number)
    return letters[index] * (times + 1)
