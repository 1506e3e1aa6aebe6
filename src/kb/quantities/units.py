"""What is counted, and by which words it is known in each language.

A unit belongs to a dimension and, within it, to a family whose members convert into each other
exactly: weeks and days, years and months, hours and minutes. How many days a month has depends on
the month, how many working days a week has on the employer; so these do not convert.
"""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from fractions import Fraction
from typing import NamedTuple

from kb.documents import Language


class Dimension(Enum):
    """What may be set beside each other at all."""

    TIME = "time"
    SHARE = "share"
    MONEY = "money"
    PEOPLE = "people"


class Measure(NamedTuple):
    """How a unit converts."""

    dimension: Dimension
    base: str  # the unit of its family that the others are multiples of
    size: Fraction  # in that


class Unit(StrEnum):
    """What is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    AGE = "age"  # years of a person's life
    PERCENT = "percent"
    FRACTION = "fraction"  # two thirds of the members
    TENGE = "tenge"
    MCI = "mci"  # monthly calculation index, месячный расчетный показатель
    PEOPLE = "people"

    @property
    def measure(self) -> Measure:
        """How the unit converts."""
        return _MEASURES[self]


_MEASURES = {
    Unit.MINUTE: Measure(Dimension.TIME, "minute", Fraction(1)),
    Unit.HOUR: Measure(Dimension.TIME, "minute", Fraction(60)),
    Unit.DAY: Measure(Dimension.TIME, "day", Fraction(1)),
    Unit.WEEK: Measure(Dimension.TIME, "day", Fraction(7)),
    Unit.MONTH: Measure(Dimension.TIME, "month", Fraction(1)),
    Unit.YEAR: Measure(Dimension.TIME, "month", Fraction(12)),
    Unit.AGE: Measure(Dimension.TIME, "month", Fraction(12)),
    Unit.PERCENT: Measure(Dimension.SHARE, "percent", Fraction(1)),
    Unit.FRACTION: Measure(Dimension.SHARE, "percent", Fraction(100)),
    Unit.TENGE: Measure(Dimension.MONEY, "tenge", Fraction(1)),
    Unit.MCI: Measure(Dimension.MONEY, "mci", Fraction(1)),
    Unit.PEOPLE: Measure(Dimension.PEOPLE, "people", Fraction(1)),
}


class Days(StrEnum):
    """Which days are counted, where the text says."""

    CALENDAR = "calendar"
    WORKING = "working"


def _nouns(stem: str, endings: str) -> str:
    return f"{stem}(?:{'|'.join(endings.split())})?"


_RU_HARD = "а у ом е ы ов ам ами ах"
_RU_SOFT = "я ю и ей ь е ям ями ях"
_KK_CASES = (
    "(?:[лдт][ае]р)?(?:ы|і|сы|сі)?(?:н?[ыі]ң|[нд][ыі]ң|т[ыі]ң|[ғгқк][ае]|н?[ае]|[ндт][ыі]|н|"
    "н?[дт][ае]|[дт][ае]н|н[ае]н|[мбп]ен|[дтл][ыі][қк]|н?[дт][ае]ғы|н?[дт]егі)?"
)

# Full words, as folded; a unit of several words before one that begins like it.
_WORDS = {
    Language.ENGLISH: {
        Unit.MINUTE: r"minutes?",
        Unit.HOUR: r"hours?",
        Unit.DAY: r"days?",
        Unit.WEEK: r"weeks?",
        Unit.MONTH: r"months?",
        Unit.YEAR: r"years?",
        Unit.PERCENT: r"percent|%",
        Unit.TENGE: r"tenge|kzt|₸",
        Unit.MCI: r"mcis?",
        Unit.PEOPLE: r"persons?|people|workers?|employees?|members?",
    },
    Language.RUSSIAN: {
        Unit.MINUTE: _nouns("минут", "а у е ы ой ам ами ах"),
        Unit.HOUR: _nouns("час", _RU_HARD),
        Unit.DAY: "день|дн(?:я|ю|ем|е|и|ей|ям|ями|ях)|сут(?:ки|ок|кам|ками|ках)",
        Unit.WEEK: _nouns("недел", _RU_SOFT),
        Unit.MONTH: _nouns("месяц", _RU_HARD.replace("ов", "ев").replace("ом", "ем")),
        Unit.YEAR: _nouns("год", _RU_HARD) + "|лет(?:ам|ами|ах)?",
        Unit.PERCENT: _nouns("процент", _RU_HARD) + "|%",
        Unit.TENGE: "тенге|₸",
        Unit.MCI: "мрп",
        Unit.PEOPLE: _nouns("человек", "а у ом е и ам ами ах")
        + "|"
        + _nouns("работник", _RU_HARD.replace("ы", "и"))
        + "|"
        + _nouns("член", _RU_HARD),
    },
    Language.KAZAKH: {
        Unit.MINUTE: "минут" + _KK_CASES,
        Unit.HOUR: "сағат" + _KK_CASES,
        Unit.DAY: "(?:күн|тәулік|тәуліг)" + _KK_CASES,
        Unit.WEEK: "апта" + _KK_CASES,
        Unit.MONTH: "ай" + _KK_CASES,
        Unit.YEAR: "жыл" + _KK_CASES,
        Unit.AGE: "жас" + _KK_CASES + "|жасар",
        Unit.PERCENT: "(?:пайыз|процент)" + _KK_CASES + "|%",
        Unit.TENGE: "теңге" + _KK_CASES + "|₸",
        Unit.MCI: "аек",
        Unit.PEOPLE: "(?:адам|қызметкер|жұмыскер|жұмысшы|мүше)" + _KK_CASES,
    },
}
_UNITS = {
    language: [(re.compile(pattern), unit) for unit, pattern in words.items()]
    for language, words in _WORDS.items()
}
# Units of several words, each by the beginnings of its words.
_PHRASES: dict[Language, list[tuple[tuple[str, ...], Unit]]] = {
    Language.ENGLISH: [
        (("monthly", "calculation", "ind"), Unit.MCI),
        (("per", "cent"), Unit.PERCENT),
    ],
    Language.RUSSIAN: [(("месячн", "расчетн", "показател"), Unit.MCI)],
    Language.KAZAKH: [(("айлық", "есептік", "көрсеткіш"), Unit.MCI)],
}
# `тридцатидневный`: the second part of a Russian compound
_ADJECTIVES = {
    "дневн": Unit.DAY, "суточн": Unit.DAY, "недельн": Unit.WEEK, "месячн": Unit.MONTH,
    "годичн": Unit.YEAR, "летн": Unit.YEAR, "часов": Unit.HOUR, "минутн": Unit.MINUTE,
    "процентн": Unit.PERCENT,
}  # fmt: skip
_COMPOUND = re.compile(rf"(?P<number>\w*?)(?P<unit>{'|'.join(_ADJECTIVES)})(?:\w{{2,3}})")

_DAYS = {
    Language.ENGLISH: ("calendar", "working|business"),
    Language.RUSSIAN: (r"календарн\w+", r"рабоч\w+"),
    Language.KAZAKH: (r"күнтізбелік", r"жұмыс"),
}
# What may stand between a number and its unit without changing what is counted.
_BETWEEN = {
    Language.ENGLISH: "consecutive|full|whole|complete|paid|unpaid|additional|successive",
    Language.RUSSIAN: r"полных|последовательных|непрерывных|оплачиваемых|дополнительных|подряд",
    Language.KAZAKH: r"толық|қатарынан",
}


def unit_at(forms: list[str], language: Language) -> tuple[Unit, int] | None:
    """Return the unit that a list of forms begins with and how many of them name it."""
    for phrase, unit in _PHRASES[language]:
        said = forms[: len(phrase)]
        if len(said) == len(phrase) and all(map(str.startswith, said, phrase)):
            return unit, len(phrase)
    for pattern, unit in _UNITS[language] if forms else ():
        if pattern.fullmatch(forms[0]):
            return unit, 1
    return None


def compound(form: str) -> tuple[str, Unit] | None:
    """Return the first part and the unit of a Russian compound: `тридцатидневный`."""
    match = _COMPOUND.fullmatch(form)
    return (match["number"], _ADJECTIVES[match["unit"]]) if match else None


def days_of(form: str, language: Language) -> Days | None:
    """Return which days a word names."""
    for pattern, days in zip(_DAYS[language], Days, strict=True):
        if re.fullmatch(pattern, form):
            return days
    return None


def stands_between(form: str, language: Language) -> bool:
    """Whether a word may stand between a number and its unit."""
    return re.fullmatch(_BETWEEN[language], form) is not None
