"""Dates of acts: `8 December 2009`, `от 8 декабря 2009 года`, `2009 жылғы 8 желтоқсандағы`."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING, NamedTuple

from kb.references.vocabulary import MONTHS, YEAR_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kb.references.lexing import Token

_YEAR = re.compile("(?:19|20)[0-9]{2}")
_DAY = re.compile("[0-9]{1,2}")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.((?:19|20)[0-9]{2})")  # 08.12.2009


def is_year(form: str) -> bool:
    """Whether a number is rather a year than the number of an act or an article."""
    return _YEAR.fullmatch(form) is not None


class Day(NamedTuple):
    """A date, or as much of one as is said."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        if self.month is None or not 1 <= self.month <= 12:
            return str(self.year)
        return f"{self.day} {calendar.month_name[self.month]} {self.year}"

    @property
    def exists(self) -> bool:
        """Whether the calendar has such a day."""
        if self.month is None or self.day is None:
            return True
        if not 1 <= self.month <= 12:
            return False
        return 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]

    def is_of(self, day: date | None) -> bool:
        """Whether `day` may be meant; an unknown date may always be."""
        if day is None:
            return True
        return self.year == day.year and (
            self.month is None or (self.month, self.day) == (day.month, day.day)
        )


def read_day(
    tokens: Sequence[Token], at: int, *, bare_year: bool = False
) -> tuple[Day, int] | None:
    """Return the date at token `at` and the index after it, or None.

    A year alone needs its word, `2016 жылғы`, `2016 года`, unless `bare_year` is allowed.
    """
    if match := _DOTTED.fullmatch(tokens[at].form):
        day = Day(int(match[3]), int(match[2]), int(match[1]))
        return day, _after_year_word(tokens, at + 1)
    if _YEAR.fullmatch(tokens[at].form):
        return _year_first(tokens, at, bare_year=bare_year)
    if _DAY.fullmatch(tokens[at].form) and tokens[at + 1].form in MONTHS:
        return _with_year(tokens, at + 2, MONTHS[tokens[at + 1].form], tokens[at].form)
    if tokens[at].form in MONTHS and _DAY.fullmatch(tokens[at + 1].form):
        return _with_year(tokens, at + 2, MONTHS[tokens[at].form], tokens[at + 1].form)
    return None


def _with_year(tokens: Sequence[Token], at: int, month: int, day: str) -> tuple[Day, int] | None:
    """Read the year of `8 December 2009`, `December 8, 2009`."""
    at += tokens[at].form == ","
    if not _YEAR.fullmatch(tokens[at].form):
        return None
    return Day(int(tokens[at].form), month, int(day)), _after_year_word(tokens, at + 1)


def _year_first(tokens: Sequence[Token], at: int, *, bare_year: bool) -> tuple[Day, int] | None:
    """Read `2009 жылғы 8 желтоқсандағы`, `2016 года`."""
    year, end = int(tokens[at].form), _after_year_word(tokens, at + 1)
    if end == at + 1:
        return (Day(year), end) if bare_year else None
    if _DAY.fullmatch(tokens[end].form) and tokens[end + 1].form in MONTHS:
        return Day(year, MONTHS[tokens[end + 1].form], int(tokens[end].form)), end + 2
    return Day(year), end


def _after_year_word(tokens: Sequence[Token], at: int) -> int:
    if tokens[at].form not in YEAR_WORDS:
        return at
    return at + 1 + (tokens[at + 1].form == ".")
