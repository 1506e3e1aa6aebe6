"""Instruments that are named by their number.

    ILO Convention No. 183 · C183 · Конвенции 183 МОТ · ХЕҰ-ның № 183 конвенциясы
    Закон от 8 декабря 2009 года № 223-IV · 223-IV
    Указ Президента 384 · № 384 Жарлық

The grammar:

    designation    around* "("? "№"? number ")"? act? around*
    around         act | ILO | Kazakhstan | issuer | date      each once, links between them
    act            "convention" | "закон" | "жарлығы" | …      after the number in Kazakh only
    number         183 | 223-IV | "C" 183

A number alone is no reference: something around it, or its own form, must say what it numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.references.days import Day, is_year, read_day
from kb.references.vocabulary import (
    CLOSING,
    CODE_LETTER,
    COUNTED,
    ILO,
    ISSUER,
    KAZAKH_ENDINGS,
    KAZAKHSTAN,
    LINKS,
    NUMERO,
    OPENING,
    ORDINAL_ENDINGS,
    OWNED,
    ROMAN,
    SERIES,
    SERIES_AFTER_NUMBER,
    SURE_ACTS,
    UNIT_AFTER_NUMBER,
    UNIT_BEFORE_NUMBER,
    Series,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.references.lexing import Token

_HIGHEST_CONVENTION = 250  # the ILO has adopted fewer than 200
_PLAIN = re.compile("[0-9]{1,4}")
_WITH_ROMAN = re.compile("([0-9]{1,4})-([ivx]+)")


@dataclass(frozen=True, slots=True)
class Designation:
    """An instrument, as it is named by its number."""

    end: int  # index of the token after it
    series: Series
    number: str  # `183`, `223-iv`, and `223` where the number of a law is cut short
    day: Day | None  # of adoption, where it is mentioned
    sure: bool  # False: a reference only if such an instrument is held
    malformed: bool = False  # there can be no such number, or no such day


@dataclass(frozen=True, slots=True)
class Around:
    """What is said around a number or a name, each kind of thing at most once."""

    end: int
    act: str | None = None  # form of the word that names the kind of act
    ilo: bool = False
    country: bool = False
    issuer: bool = False
    day: Day | None = None

    def more(self, tokens: Sequence[Token]) -> Around:
        """Read on from `end` as far as there is something new."""
        found = self
        while (following := found._one_more(tokens)) is not None:
            found = following
        return found

    def _one_more(self, tokens: Sequence[Token]) -> Around | None:
        at = after_links(tokens, self.end, commas=self.act is not None)
        if self.act is None and tokens[at].form in SERIES:
            return replace(self, end=at + 1, act=tokens[at].form)
        if not self.ilo and (end := ILO.end(tokens, at)) is not None:
            return replace(self, end=end, ilo=True)
        if not self.country and (end := KAZAKHSTAN.end(tokens, at)) is not None:
            return replace(self, end=end, country=True)
        if not self.issuer and (end := ISSUER.end(tokens, at)) is not None:
            return replace(self, end=end, issuer=True)
        linked = at > self.end and tokens[at - 1].form in LINKS
        if self.day is None and (read := read_day(tokens, at, bare_year=linked)) is not None:
            return replace(self, end=read[1], day=read[0])
        return None


def after_links(tokens: Sequence[Token], at: int, *, commas: bool = True) -> int:
    """Return the index after words such as "of the", and after commas and brackets."""
    for _ in range(3):
        if tokens[at].form in LINKS or (commas and tokens[at].form in {",", "("}):
            at += 1
    return at


def read_designation(
    tokens: Sequence[Token], at: int, presumed: Series | None = None
) -> Designation | None:
    """Return the instrument that is named by its number from token `at` on, or None.

    `presumed` is the series of a number that continues a list: `Conventions 183 and 156`.
    """
    if tokens[at].form in LINKS:
        return None
    before = Around(at).more(tokens)
    number = _read_number(tokens, before)
    if number is None:
        return None
    act = before.act
    owned = False
    if act is None and _names_act(tokens[number.end], number):
        act, owned = tokens[number.end].form, tokens[number.end].form in OWNED
        number = replace(number, end=number.end + 1)
    series = _series(before, act, number) or presumed
    if series is None:
        return None
    possible = _can_be(series, number)
    if not possible and not (before.ilo and act is not None and (number.numero or owned)):
        return None
    # what was said before the number is not said again after it
    foreign = series is not Series.CONVENTION
    after = Around(number.end, "", before.ilo or foreign, country=True, issuer=True, day=before.day)
    after = after.more(tokens)
    explicit = act in SURE_ACTS or before.ilo or number.numero or owned
    sure = (explicit and bool(act or before.ilo)) or number.sure
    wrong = not possible or (after.day is not None and not after.day.exists)
    return Designation(after.end, series, number.text, after.day, sure=sure, malformed=wrong)


# --- the number ---


@dataclass(frozen=True, slots=True)
class _Number:
    end: int
    text: str
    numero: bool  # "№" stands before it
    code: bool = False  # "C" stands before it
    sure: bool = False  # its own form says what it is: C183, 223-IV

    @property
    def roman(self) -> bool:
        return "-" in self.text


def _read_number(tokens: Sequence[Token], before: Around) -> _Number | None:
    """Read `№ 183`, `(No. 183)`, `C183`, `223-IV`."""
    at = before.end
    opened = tokens[at].form in OPENING or tokens[at].form == ","
    numero = tokens[at + opened].form in NUMERO
    if numero:
        at += opened + 1
        at += tokens[at].form in NUMERO  # №№ 183, 156
        at += tokens[at].form == "."
    if tokens[at].form == CODE_LETTER:
        return _read_code(tokens, at, before)
    if not _is_number(tokens, at, numero=numero):
        return None
    text = tokens[at].form
    roman = "-" in text
    end = at + 1
    end += _is_ending(tokens[end])
    if numero and opened and tokens[end].form in CLOSING:
        end += 1
    # `3-V` may be an engine; `452-IV` is an act, held or not
    sure = roman and (numero or (tokens[at].printed.isupper() and text.index("-") > 1))
    return _Number(end, text, numero, sure=sure)


def _is_number(tokens: Sequence[Token], at: int, *, numero: bool) -> bool:
    """Whether the number of an act stands at `at`, and not a count, a year, a unit or a part."""
    token = tokens[at]
    roman = _WITH_ROMAN.fullmatch(token.form)
    if not (_PLAIN.fullmatch(token.form) or (roman and roman[2] in ROMAN)):
        return False
    following = tokens[at + 1]
    if following.glued:
        ends_word = following.form in SERIES or _is_ending(following)
        if following.start == token.end or not ends_word:
            return False  # 183a, 183-day
    if roman or numero:
        return bool(roman) or not _goes_on(tokens, at)
    return not (is_year(token.form) or following.form in COUNTED or _goes_on(tokens, at))


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is part of something else: `10-бабы`, `2) тармақшасы`, `183,000`."""
    token, following = tokens[at], tokens[at + 1]
    if not following.is_mark:
        return following.form in UNIT_AFTER_NUMBER
    name = tokens[at + 2]
    if following.form == ")" and name.form in UNIT_AFTER_NUMBER:
        return True
    joined = following.start == token.end and name.start == following.end
    return joined and name.is_number and following.form in {",", ".", "/", ":"}


def _is_ending(token: Token) -> bool:
    """Whether the token is a Kazakh ending of the number before it: `223-IV-тің`, `183-ші`."""
    return token.glued and (token.form in KAZAKH_ENDINGS or token.form in ORDINAL_ENDINGS)


def _read_code(tokens: Sequence[Token], at: int, before: Around) -> _Number | None:
    """Read the code of an ILO convention: `C183`, `C-183`, `C 183`, with a Cyrillic С as well."""
    letter, number = tokens[at], tokens[at + 1]
    if not _PLAIN.fullmatch(number.form) or not _is_number(tokens, at + 1, numero=number.glued):
        return None
    end = at + 2 + _is_ending(tokens[at + 2])
    found = _Number(end, number.form, numero=False, code=True)
    if number.glued or before.ilo or before.act is not None:
        return replace(found, sure=len(number.form) > 1)
    if letter.printed in "Cc":
        return found
    # «С 183 сотрудников» begins with a preposition
    following = tokens[at + 2]
    alone = not following.is_word or following.form in UNIT_BEFORE_NUMBER
    return found if letter.printed == "С" and alone else None


# --- what it numbers ---


def _names_act(token: Token, number: _Number) -> bool:
    """Whether the word after a number says what it numbers: `223-IV law`, `183 конвенциясы`."""
    return token.form in (SERIES if number.roman else SERIES_AFTER_NUMBER)


def _series(before: Around, act: str | None, number: _Number) -> Series | None:
    named = SERIES.get(act) if act is not None else None
    if number.code or before.ilo:
        return Series.CONVENTION if named in {None, Series.CONVENTION} else None
    return Series.LAW if number.roman else named


def _can_be(series: Series, number: _Number) -> bool:
    """Whether the series has such numbers."""
    if series is Series.CONVENTION:
        return not number.roman and 0 < int(number.text) <= _HIGHEST_CONVENTION
    return True
