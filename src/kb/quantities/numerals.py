"""Numbers that are written in words, in English, Russian (in all cases) and Kazakh.

    one hundred and twenty-six → 126     ста двадцати шести → 126      жүз жиырма алты → 126
    two thousand five hundred → 2500     полутора → 3/2                он төрт → 14

Ordinals (`fourteenth`, `четырнадцатый`, `он төртінші`) count nothing and are not here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.quantities.lexing import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.quantities.lexing import Token


def _table(language: Language, rows: Mapping[int, str]) -> dict[str, int]:
    return {
        normal(word, language): value for value, words in rows.items() for word in words.split()
    }


_ENGLISH = _table(
    Language.ENGLISH,
    {
        1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
        9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen",
        15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
        20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy",
        80: "eighty", 90: "ninety", 100: "hundred", 1000: "thousand", 10**6: "million",
        10**9: "billion",
    },
)  # fmt: skip

# десять and what declines like it: десять, десяти, десятью
_LIKE_TEN = {
    5: "пят", 6: "шест", 7: "сем", 9: "девят", 10: "десят", 11: "одиннадцат", 12: "двенадцат",
    13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат", 17: "семнадцат",
    18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат",
}  # fmt: skip
_RUSSIAN = _table(
    Language.RUSSIAN,
    {value: f"{stem}ь {stem}и {stem}ью" for value, stem in _LIKE_TEN.items()}
    | {
        1: "один одна одно одного одной одному одним одном одну",
        2: "два две двух двум двумя двое двоих",
        3: "три трех трем тремя трое троих",
        4: "четыре четырех четырем четырьмя четверо четверых",
        8: "восемь восьми восемью восьмью",
        40: "сорок сорока",
        50: "пятьдесят пятидесяти пятьюдесятью",
        60: "шестьдесят шестидесяти шестьюдесятью",
        70: "семьдесят семидесяти семьюдесятью",
        80: "восемьдесят восьмидесяти восемьюдесятью",
        90: "девяносто девяноста",
        100: "сто ста",
        200: "двести двухсот двумстам двумястами двухстах",
        300: "триста трехсот тремстам тремястами трехстах",
        400: "четыреста четырехсот четыремстам четырьмястами четырехстах",
        800: "восемьсот восьмисот восьмистам восемьюстами восьмистах",
        1000: "тысяча тысячи тысяч тысяче тысячей тысячью тысячу тысячам тысячами тысячах тыс",
        10**6: "миллион миллиона миллиону миллионом миллионе миллионы миллионов миллионам"
        " миллионами миллионах млн",
        10**9: "миллиард миллиарда миллиарду миллиардом миллиарде миллиарды миллиардов"
        " миллиардам миллиардами миллиардах млрд",
    }
    | {
        value * 100: f"{stem}ьсот {stem}исот {stem}истам {stem}ьюстами {stem}истах"
        for value, stem in _LIKE_TEN.items()
        if value < 10
    },
)
_KAZAKH = _table(
    Language.KAZAKH,
    {
        1: "бір", 2: "екі", 3: "үш", 4: "төрт", 5: "бес", 6: "алты", 7: "жеті", 8: "сегіз",
        9: "тоғыз", 10: "он", 20: "жиырма", 30: "отыз", 40: "қырық", 50: "елу", 60: "алпыс",
        70: "жетпіс", 80: "сексен", 90: "тоқсан", 100: "жүз", 1000: "мың",
        10**6: "миллион млн", 10**9: "миллиард млрд",
    },
)  # fmt: skip
_NUMERALS = {
    Language.ENGLISH: _ENGLISH,
    Language.RUSSIAN: _RUSSIAN,
    Language.KAZAKH: _KAZAKH,
}
_ONE_AND_A_HALF = frozenset(
    normal(word, Language.RUSSIAN) for word in ("полтора", "полторы", "полутора")
)
HALVES = {
    Language.ENGLISH: frozenset({"half"}),
    Language.RUSSIAN: frozenset(
        normal(w, Language.RUSSIAN) for w in "половина половины половину половине половиной".split()
    ),
    Language.KAZAKH: frozenset(
        normal(w, Language.KAZAKH)
        for w in "жарты жартысы жартысын жартысының жартысына жартысынан".split()
    ),
}
# what adds a half to the number before it
_AND_A_HALF = {
    Language.ENGLISH: ("and", "a", "half"),
    Language.RUSSIAN: ("с", "половиной"),
    Language.KAZAKH: ("жарым",),
}


def multiplier(form: str, language: Language) -> int | None:
    """Return what a word multiplies the number before it by: thousand, млн, мың."""
    value = _NUMERALS[language].get(form)
    return value if value is not None and value >= 1000 else None


def read_numeral(
    tokens: Sequence[Token], at: int, language: Language
) -> tuple[Fraction, int] | None:
    """Return the number whose words begin at `tokens[at]` and the place after them."""
    if language is Language.RUSSIAN and tokens[at].form in _ONE_AND_A_HALF:
        return Fraction(3, 2), at + 1
    numerals = _NUMERALS[language]
    whole = part = 0  # thousands and more that are complete; what stands after them
    last, here = at, at
    while here < len(tokens):
        value = numerals.get(tokens[here].form)
        if value is None:
            joins = tokens[here].form == "-" or (
                language is Language.ENGLISH and tokens[here].form == "and" and part % 100 == 0
            )
            if joins and last == here > at:
                here += 1
                continue
            break
        if value >= 1000:
            if whole and whole <= (part or 1) * value:
                break
            whole, part = whole + (part or 1) * value, 0
        elif value == 100 and language is not Language.RUSSIAN and part < 10:
            part = (part or 1) * 100
        elif _fits(value, part, language):
            part += value
        else:
            break
        here += 1
        last = here
    return (Fraction(whole + part), last) if last > at else None


def _fits(value: int, part: int, language: Language) -> bool:
    """Whether a numeral may follow those that add up to `part`: `двадцать` + `шесть`."""
    if part == 0:
        return True
    if value < 10:
        tens = part % 100
        return part % 10 == 0 and (tens != 10 or language is Language.KAZAKH)
    return value < 100 and part % 100 == 0


def and_a_half(tokens: Sequence[Token], at: int, language: Language) -> int | None:
    """Return the place after `and a half`, where that stands at `at`."""
    words = _AND_A_HALF[language]
    said = tuple(token.form for token in tokens[at : at + len(words)])
    return at + len(words) if said == words else None


def _prefixes() -> dict[str, int]:
    """Return the numerals as Russian compounds begin with them: `двух`, `четырнадцати`."""
    found = {f"{stem}и": value for value, stem in _LIKE_TEN.items()}
    found |= {
        "одно": 1, "двух": 2, "трех": 3, "четырех": 4, "восьми": 8, "сорока": 40,
        "пятидесяти": 50, "шестидесяти": 60, "семидесяти": 70, "восьмидесяти": 80,
        "девяносто": 90, "сто": 100,
    }  # fmt: skip
    return found


_PREFIXES = _prefixes()


def read_prefix(word: str) -> Fraction | None:
    """Return the number that the first part of a Russian compound says, all of it.

    >>> read_prefix("двадцатичетырех")
    Fraction(24, 1)
    """
    if word == "полутора":
        return Fraction(3, 2)
    total = 0
    while word:
        beginning = max(filter(word.startswith, _PREFIXES), key=len, default=None)
        if beginning is None or not _fits(_PREFIXES[beginning], total, Language.RUSSIAN):
            return None
        total += _PREFIXES[beginning]
        word = word.removeprefix(beginning)
    return Fraction(total) if total else None


# --- fractions in words ---

_DENOMINATORS = {
    Language.ENGLISH: {
        "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4, "fifth": 5,
        "fifths": 5, "tenths": 10, "half": 2, "halves": 2,
    },
    Language.RUSSIAN: {
        normal(word, Language.RUSSIAN): value
        for value, words in {
            2: "вторая вторых", 3: "треть трети третью третей третям третями третьей",
            4: "четверть четверти четвертью четвертей четвертям четвертями",
            5: "пятая пятых", 10: "десятая десятых", 100: "сотая сотых",
        }.items()
        for word in words.split()
    },
    # `үштен екі`: of three, two
    Language.KAZAKH: {
        normal(word, Language.KAZAKH): value
        for word, value in {
            "екіден": 2, "үштен": 3, "төрттен": 4, "бестен": 5, "алтыдан": 6, "оннан": 10,
        }.items()
    },
}  # fmt: skip


def denominator(form: str, language: Language) -> int | None:
    """Return what a word divides by: `thirds`, `третей`, `үштен`."""
    return _DENOMINATORS[language].get(form)
