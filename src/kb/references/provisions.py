"""Provisions: which unit of an instrument is meant.

    Article 10(3)(2)                       art 10 · cl 3 · sub 2
    Article 10, paragraph 3                art 10 · cl 3
    подпункт 2) пункта 3 статьи 10         art 10 · cl 3 · sub 2
    10-баптың 3-тармағының 2) тармақшасы   art 10 · cl 3 · sub 2

The grammar:

    provision   unit (link? unit)*         the largest unit stands first or last, none twice
    unit        name "."? "№"? number (")" | bracket*)
              | number ("-" | ")")? name   in Kazakh; in Russian, an article
    bracket     "(" number or letter ")"
    link        "," | "of" | "of the"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Level
from kb.references.days import is_year
from kb.references.vocabulary import (
    ARTICLE_AFTER_NUMBER,
    HYPHENATED_UNITS,
    LINKS,
    NUMERO,
    ORDINAL_ENDINGS,
    UNIT_AFTER_NUMBER,
    UNIT_BEFORE_NUMBER,
    WEAK_UNITS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.references.lexing import Token

# from the largest unit to the smallest
_ORDER = (
    Level.ANNEX,
    Level.SECTION,
    Level.CHAPTER,
    Level.ARTICLE,
    Level.CLAUSE,
    Level.SUBCLAUSE,
    Level.PARAGRAPH,
)
_RANK = {level: rank for rank, level in enumerate(_ORDER)}

_NUMBER = re.compile(r"[0-9]{1,4}(?:-[0-9]{1,3}){0,2}")  # 10, 127-1
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){1,4}")  # 2.3.1
_ROMAN = re.compile("[ivxlc]{1,7}")  # chapter IV
_LETTER = re.compile("[a-zа-я]|[ivx]{2,4}")  # (a), (iv)
_DEEPEST = 4  # numbers of one unit: Article 10(3)(2)(a)
_WITH_BRACKETS = (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
_WITH_ROMAN = (Level.ANNEX, Level.SECTION, Level.CHAPTER)


@dataclass(frozen=True, slots=True)
class Provision:
    """A unit of an instrument, as it is mentioned."""

    end: int  # index of the token after it
    path: tuple[tuple[str, str], ...]  # from the article down: (("art", "10"), ("cl", "3"))
    sure: bool  # False: without an instrument it may mean something else: `part 2`


@dataclass(frozen=True, slots=True)
class _Unit:
    end: int
    steps: tuple[tuple[Level, str], ...]  # Article 10(3) has two
    sure: bool


def read_provision(tokens: Sequence[Token], at: int) -> Provision | None:
    """Return the provision that is mentioned from token `at` on, or None."""
    steps: list[tuple[Level, str]] = []
    end, sure = at, False
    unit = _unit(tokens, at)
    while unit is not None and _fits(steps, unit.steps):
        steps += unit.steps
        end, sure = unit.end, sure or unit.sure
        unit = _unit(tokens, _after_link(tokens, end))
    if not steps:
        return None
    steps.sort(key=lambda step: _RANK[step[0]])
    levels = [level for level, _ in steps]
    if Level.ARTICLE in levels:  # articles are numbered through the act: no chapter in their eid
        annex = steps[:1] if levels[0] is Level.ANNEX else []
        steps = [*annex, *steps[levels.index(Level.ARTICLE) :]]
    return Provision(end, tuple((level.prefix, number) for level, number in steps), sure)


def _fits(steps: list[tuple[Level, str]], more: tuple[tuple[Level, str], ...]) -> bool:
    """Whether units belong to one mention: `п. 3 ст. 10` does, `п. 3 ст. 10, п. 4` does not."""
    ranks = [_RANK[level] for level, _ in (*steps, *more)]
    new = {level for level, _ in more}
    if new & {level for level, _ in steps}:
        return False
    return ranks[0] == min(ranks) or ranks[-len(more)] == min(ranks)


def _after_link(tokens: Sequence[Token], at: int) -> int:
    """Return the index after a comma, "of" or "of the"."""
    for _ in range(2):
        if tokens[at].form == "," or tokens[at].form in LINKS:
            at += 1
    return at


def _unit(tokens: Sequence[Token], at: int) -> _Unit | None:
    token = tokens[at]
    if token.glued:
        return None
    if token.is_number:
        return _number_first(tokens, at)
    level = UNIT_BEFORE_NUMBER.get(token.form)
    return _name_first(tokens, at, level) if level is not None else None


def _number_first(tokens: Sequence[Token], at: int) -> _Unit | None:
    """Read `10-баптың`, `10 бап`, `2) тармақшасы`, `10-шы бап`, `54 статья`."""
    number = tokens[at].form
    if not (_NUMBER.fullmatch(number) or _DECIMAL.fullmatch(number)) or is_year(number):
        return None
    name_at = at + 1
    if tokens[name_at].form == ")" or tokens[name_at].form in ORDINAL_ENDINGS:
        name_at += 1
    name = tokens[name_at]
    if name.form in ARTICLE_AFTER_NUMBER and not tokens[name_at + 1].is_number:
        return _Unit(name_at + 1, ((Level.ARTICLE, number),), sure=False)
    level = UNIT_AFTER_NUMBER.get(name.form)
    if level is None or (name.form in HYPHENATED_UNITS and not name.glued):
        return None
    return _Unit(name_at + 1, ((level, number),), sure=True)


def _name_first(tokens: Sequence[Token], at: int, level: Level) -> _Unit | None:
    """Read `Article 10(3)(2)`, `ст. № 10`, `подпункт 2)`, `глава IV`."""
    name = tokens[at]
    at += 1
    for skipped in ({"."}, NUMERO, {"."}):
        if tokens[at].form in skipped:
            at += 1
    numbers = _numbers(tokens, at, level, name)
    if not numbers:
        return None
    at += 1
    if level in _WITH_BRACKETS:
        while len(numbers) < _DEEPEST and (bracketed := _bracketed(tokens, at)) is not None:
            numbers.append(bracketed)
            at += 3
        if len(numbers) == 1 and level is not Level.ARTICLE and tokens[at].form == ")":
            at += 1  # подпункт 2)
    steps = [(level, numbers[0])]
    for number in numbers[1:]:
        steps.append((_below(steps[-1][0], number), number))
    return _Unit(at, tuple(steps), sure=name.form not in WEAK_UNITS)


def _numbers(tokens: Sequence[Token], at: int, level: Level, name: Token) -> list[str]:
    """Return the number at `at`; several for `Article 10.3`, none where there is no number."""
    token = tokens[at]
    if not token.form or (tokens[at + 1].glued and tokens[at + 1].start == token.end):
        return []  # the end of the text, 10th, 10bis
    if _NUMBER.fullmatch(token.form):
        return [] if is_year(token.form) else [token.form]
    if _DECIMAL.fullmatch(token.form):
        return token.form.split(".") if level is Level.ARTICLE else [token.form]
    if level in _WITH_ROMAN and token.printed.isupper() and _ROMAN.fullmatch(token.form):
        following = tokens[at + 1]
        goes_on = following.is_word and following.form not in LINKS
        pronoun = token.form == "i" and name.printed.isascii() and name.printed.islower()
        return [] if pronoun and goes_on else [token.form]  # "in this section I explain"
    return []


def _bracketed(tokens: Sequence[Token], at: int) -> str | None:
    """Return the number or letter in the brackets that open at `at`: `(3)`, `(a)`."""
    opening = tokens[at]
    if opening.form != "(" or opening.start > tokens[at - 1].end + 1:
        return None
    form = tokens[at + 1].form
    if not (_NUMBER.fullmatch(form) or _LETTER.fullmatch(form)) or is_year(form):
        return None
    return form if tokens[at + 2].form == ")" else None


def _below(level: Level, number: str) -> Level:
    """Return what a number in brackets after a unit is."""
    return Level.CLAUSE if level is Level.ARTICLE and number[0].isdigit() else Level.SUBCLAUSE
