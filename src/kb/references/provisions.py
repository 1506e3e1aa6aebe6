"""Provisions: which unit of an instrument is meant, or which units.

    Article 10(3)(2)                       art 10 · cl 3 · sub 2
    Article 10, paragraph 3                art 10 · cl 3
    подпункт 2) пункта 3 статьи 10         art 10 · cl 3 · sub 2
    10-баптың 3-тармағының 2) тармақшасы   art 10 · cl 3 · sub 2
    подпунктами 1) и 3) пункта 2           cl 2 · sub 1, cl 2 · sub 3
    статьи 52–54                           art 52 to art 54
    часть вторая статьи 10                 art 10 · par 2

The grammar:

    provision   unit (link? unit)*         the largest unit stands first or last, none twice
    unit        name "."? "№"? numbers | numbers name        the second in Kazakh; in Russian, an
                                                             article
    numbers     range (separator range)*   separator: "," | "and" | "и" | "және"
    range       number (dash number)?
    number      digits (")" | bracket*) | ordinal            an ordinal counts paragraphs
    bracket     "(" number or letter ")"
    link        "," | "of" | "of the"

`127-1` is one number, `52–54` is a range, and `52-54` is a range where several units are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.documents import Level
from kb.references.days import is_year
from kb.references.vocabulary import (
    ACTS,
    AND,
    ARTICLE_AFTER_NUMBER,
    COUNTED,
    GENITIVE_PARTS,
    HYPHENATED_UNITS,
    INDENT,
    INDENT_AFTER_NUMBER,
    INDENT_BEFORE_NUMBER,
    LINKS,
    NUMERO,
    ORDINAL_ENDINGS,
    ORDINALS,
    PERHAPS_SEVERAL_UNITS,
    SEVERAL_UNITS,
    THIS,
    TO,
    UNIT_AFTER_NUMBER,
    UNIT_BEFORE_NUMBER,
    WEAK_UNITS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.references.lexing import Token

ARTICLE, CLAUSE, SUBCLAUSE = (
    level.prefix for level in (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
)
PARAGRAPH, ANNEX, SECTION = (
    level.prefix for level in (Level.PARAGRAPH, Level.ANNEX, Level.SECTION)
)
# from the largest unit to the smallest
_ORDER = (
    ANNEX,
    Level.PART.prefix,
    SECTION,
    Level.CHAPTER.prefix,
    ARTICLE,
    CLAUSE,
    SUBCLAUSE,
    PARAGRAPH,
    INDENT,
)
RANK = {prefix: rank for rank, prefix in enumerate(_ORDER)}

_NUMBER = re.compile(r"[0-9]{1,4}(?:-[0-9]{1,3}){0,2}")  # 10, 127-1
_LONG_RANGE = re.compile(r"[0-9]{1,4}-[0-9]{1,3}-[0-9]{1,4}-[0-9]{1,3}")  # 127-1-127-3
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){1,4}")  # 2.3.1
_ROMAN = re.compile("[ivxlc]{1,7}")  # chapter IV
_LETTER = re.compile("[a-zа-я]|[ivx]{2,4}")  # (a), (iv)
_DASH_OF_RANGE = re.compile("[\u2012-\u2014]")
_DEEPEST = 4  # numbers of one unit: Article 10(3)(2)(a)
_LONGEST_LIST = 200
_WITH_BRACKETS = (ARTICLE, CLAUSE, SUBCLAUSE)
_WITH_ROMAN = (ANNEX, Level.PART.prefix, SECTION, Level.CHAPTER.prefix)
_LEAST_INSERTED = 10  # `54–52` runs backwards, `127–1` is a number: few units are inserted at once

Steps = tuple[tuple[str, str], ...]  # (("art", "10"), ("cl", "3"))


@dataclass(frozen=True, slots=True)
class Member:
    """One of the units that a mention lists, or the only one."""

    start: int  # index of the first token of its number
    end: int  # index of the token after it
    path: Steps  # from the largest unit down
    last: str | None = None  # the number at which a range ends
    malformed: bool = False  # no unit has such a number, or the range runs backwards


@dataclass(frozen=True, slots=True)
class Provision:
    """A unit of an instrument, or several, as they are mentioned."""

    end: int  # index of the token after it
    members: tuple[Member, ...]  # at least one
    sure: bool  # False: without an instrument it may mean something else: `part 2`
    number_first: bool  # as Kazakh names a unit

    @property
    def top(self) -> str:
        """Return the prefix of the largest unit: `art`."""
        return self.members[0].path[0][0]


@dataclass(frozen=True, slots=True)
class _Unit:
    end: int
    members: tuple[Member, ...]  # Article 10(3) has a path of two
    sure: bool
    number_first: bool = False
    bound: bool = False  # means nothing without a larger unit: «екінші бөлігі»
    owner: bool = False  # a part in the genitive, which owns what stands before it: «части второй»

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(prefix for prefix, _ in self.members[0].path)


def read_provision(tokens: Sequence[Token], at: int) -> Provision | None:
    """Return the provision that is mentioned from token `at` on, or None."""
    units: list[_Unit] = []
    end = at
    unit = _unit(tokens, at)
    while unit is not None and _fits(units, unit):
        units.append(unit)
        end = unit.end
        after = _after_link(tokens, end)
        unit = _unit(tokens, after)
        if unit is not None and after > end and _is_of_next(tokens, unit):
            break
    if not units:
        return None
    members = _members(units)
    sure = any(unit.sure for unit in units)
    return Provision(end, members, sure, units[0].number_first)


def _is_of_next(tokens: Sequence[Token], unit: _Unit) -> bool:
    """Whether a unit belongs to what follows: in `статьей 22, пунктом 2 статьи 26`, point 2."""
    following = _unit(tokens, unit.end)
    return following is not None and RANK[following.prefixes[0]] < RANK[unit.prefixes[0]]


def is_part_of_number(tokens: Sequence[Token], at: int) -> bool:
    """Whether the number at `at` continues a list that began before it: `5` of `3, 5`."""
    if at < 2 or (tokens[at - 1].form != "," and tokens[at - 1].form not in AND):
        return False
    before = tokens[at - 2]
    return before.is_number or before.form == ")"


def _members(units: Sequence[_Unit]) -> tuple[Member, ...]:
    """Put the units of one mention together: `подпунктами 1) и 3)` + `пункта 2`.

    Of two lists, which of the smaller units belong to which of the larger ones is not said: the
    larger are meant.
    """
    ordered = _from_the_largest(units)
    listing = next((unit for unit in ordered if _several(unit)), ordered[-1])
    above = ordered[: ordered.index(listing)]
    below = ordered[ordered.index(listing) + 1 :]
    if any(map(_several, below)) or any(member.last for member in listing.members):
        below = []
    before = tuple(step for unit in above for step in unit.members[0].path)
    after = tuple(step for unit in below for step in unit.members[0].path)
    wrong = any(unit.members[0].malformed for unit in (*above, *below))
    return tuple(
        replace(
            member,
            path=_from_article((*before, *member.path, *after)),
            malformed=member.malformed or wrong,
        )
        for member in listing.members
    )


def _from_the_largest(units: Sequence[_Unit]) -> list[_Unit]:
    """Order the units of a mention. A part (часть) may have sub-points, or be one of a sub-point.

    подпункт 2) части первой статьи 10        art 10 · par 1 · sub 2
    часть первая подпункта 2) статьи 10       art 10 · sub 2 · par 1
    """
    ordered = sorted(units, key=lambda unit: RANK[unit.prefixes[0]])
    part = next((unit for unit in units if unit.prefixes == (PARAGRAPH,)), None)
    if part is None or units[0].prefixes == (INDENT,):
        return ordered
    downward = units[0] is ordered[0] and not part.owner
    at = units.index(part)
    items = units[at + 1 :] if downward else units[:at]
    inside = [unit for unit in items if RANK[CLAUSE] <= RANK[unit.prefixes[0]] < RANK[PARAGRAPH]]
    ordered.remove(part)
    ordered.insert(min(map(ordered.index, inside), default=len(ordered)), part)
    return ordered


def _several(unit: _Unit) -> bool:
    return len(unit.members) > 1 or unit.members[0].last is not None


def _from_article(steps: Steps) -> Steps:
    """Leave out what stands above an article: articles are numbered through the act."""
    prefixes = [prefix for prefix, _ in steps]
    if ARTICLE not in prefixes:
        return steps
    annex = steps[:1] if prefixes[0] == ANNEX else ()
    return (*annex, *steps[prefixes.index(ARTICLE) :])


def _fits(units: Sequence[_Unit], more: _Unit) -> bool:
    """Whether units belong to one mention: `п. 3 ст. 10` does, `п. 3 ст. 10, п. 4` does not."""
    prefixes = [prefix for unit in units for prefix in unit.prefixes]
    if not prefixes:
        return not more.bound
    if set(prefixes) & set(more.prefixes):
        return False
    ranks = [RANK[prefix] for prefix in (*prefixes, *more.prefixes)]
    return ranks[0] == min(ranks) or ranks[-len(more.prefixes)] == min(ranks)


def _after_link(tokens: Sequence[Token], at: int) -> int:
    """Return the index after a comma, "of" or "of the"."""
    for _ in range(2):
        if tokens[at].form == "," or tokens[at].form in LINKS:
            at += 1
    return at


# --- one unit ---


def _unit(tokens: Sequence[Token], at: int) -> _Unit | None:
    token = tokens[at]
    if token.is_number:
        return None if token.glued else _number_first(tokens, at)
    if token.form in ORDINALS:
        return _ordinal_first(tokens, at)
    if token.form in INDENT_BEFORE_NUMBER:
        return _name_first(tokens, at, INDENT)
    level = UNIT_BEFORE_NUMBER.get(token.form)
    if level is None or (token.glued and not _is_run_on(token)):
        return None
    return _name_first(tokens, at, level.prefix)


def _is_run_on(token: Token) -> bool:
    """Whether a unit's name follows a number without a space: `пунктом 1-1статьи 52`."""
    return token.form in UNIT_BEFORE_NUMBER and len(token.form) > 4


def _ordinal_first(tokens: Sequence[Token], at: int) -> _Unit | None:
    """Read `екінші бөлігі`, `үшінші абзацы`."""
    name = tokens[at + 1]
    if name.form in INDENT_AFTER_NUMBER:
        prefix = INDENT
    elif UNIT_AFTER_NUMBER.get(name.form) is Level.PARAGRAPH:
        prefix = PARAGRAPH
    else:
        return None
    member = Member(at, at + 1, ((prefix, str(ORDINALS[tokens[at].form])),))
    return _Unit(at + 2, (member,), sure=False, number_first=True, bound=True)


def _number_first(tokens: Sequence[Token], at: int) -> _Unit | None:
    """Read `10-баптың`, `10 бап`, `2) тармақшасы`, `52, 53-баптар`, `10-шы бап`, `54 статья`."""
    numbers = [at]
    name_at = _after_number(tokens, at)
    conjoined = True
    whole = not is_part_of_number(tokens, at)  # else it has been tried from its beginning
    while whole and len(numbers) < _LONGEST_LIST and _continues(tokens, name_at):
        conjoined = conjoined and tokens[name_at].form in AND
        numbers.append(name_at + 1)
        name_at = _after_number(tokens, name_at + 1)
    name = tokens[name_at]
    if name.form in ARTICLE_AFTER_NUMBER and len(numbers) == 1:
        return _article_after(tokens, at, name_at)
    several = name.form in SEVERAL_UNITS
    if len(numbers) > 1 and not several and not conjoined:
        return None
    if name.form not in UNIT_AFTER_NUMBER or (name.form in HYPHENATED_UNITS and not name.glued):
        return None
    prefix = UNIT_AFTER_NUMBER[name.form].prefix
    read = [_ranged(tokens, number, prefix, several=several) for number in numbers]
    members = tuple(
        replace(member, end=_after_number(tokens, member.start))
        for member in read
        if member is not None
    )
    if len(members) < len(read):
        return None
    return _Unit(name_at + 1, members, sure=True, number_first=True)


def _article_after(tokens: Sequence[Token], at: int, name_at: int) -> _Unit | None:
    """Read `54 статья`."""
    if tokens[name_at + 1].is_number or not _plain(tokens[at].form):
        return None
    member = Member(at, name_at, ((ARTICLE, tokens[at].form),), malformed=_zero(tokens[at]))
    return _Unit(name_at + 1, (member,), sure=False)


def _after_number(tokens: Sequence[Token], at: int) -> int:
    at += 1
    return at + (tokens[at].form == ")" or tokens[at].form in ORDINAL_ENDINGS)


def _continues(tokens: Sequence[Token], at: int) -> bool:
    """Whether a separator and another number stand at `at`."""
    return (tokens[at].form == "," or tokens[at].form in AND) and tokens[at + 1].is_number


def _plain(form: str) -> bool:
    return bool(_NUMBER.fullmatch(form) or _DECIMAL.fullmatch(form)) and not is_year(form)


def _zero(token: Token) -> bool:
    """Whether no unit has such a number: `0`, `00`."""
    return not token.form.partition("-")[0].strip("0") and token.is_number


def _name_first(tokens: Sequence[Token], at: int, prefix: str) -> _Unit | None:
    """Read `Article 10(3)(2)`, `ст. № 10`, `подпункт 2)`, `глава IV`, `статей 77, 78 и 108`."""
    name = tokens[at]
    at += 1
    for skipped in ({"."}, NUMERO, {"."}):
        if tokens[at].form in skipped:
            at += 1
    several = name.form in SEVERAL_UNITS
    member = _member(tokens, at, prefix, name)
    if member is None:
        return None
    member = _to_range(tokens, member, prefix, name)
    members = [member]
    while len(members) < _LONGEST_LIST:
        following = _next_member(tokens, members[-1], prefix, name)
        if following is None:
            break
        members.append(following)
    sure = name.form not in WEAK_UNITS and prefix != INDENT
    sure = sure or (several and len(members) > 1)
    owner = name.form in GENITIVE_PARTS
    return _Unit(members[-1].end, tuple(members), sure=sure, owner=owner)


def _next_member(
    tokens: Sequence[Token], before: Member, prefix: str, name: Token
) -> Member | None:
    """Return the member of a list that follows another: `, 78`, `и 108`, `and (2)`."""
    at = before.end
    comma = tokens[at].form == ","
    at += comma
    conjunction = tokens[at].form in AND
    at += conjunction
    if not comma and not conjunction:
        return None
    if len(before.path) > 1 and (bracketed := _bracketed(tokens, at)) is not None:
        level, _ = before.path[-1]  # Article 10(1) and (2)
        return Member(at, at + 3, (*before.path[:-1], (level, bracketed)))
    member = _member(tokens, at, prefix, name)
    if member is None:
        return None
    member = _to_range(tokens, member, prefix, name)
    return member if _belongs(tokens, before, member, name) else None


def _belongs(tokens: Sequence[Token], before: Member, member: Member, name: Token) -> bool:
    """Whether a number after a separator is one more unit, and not a count: `статья 5, 10 дней`."""
    following = tokens[member.end]
    counted = following.form in COUNTED and following.form not in ACTS
    if counted or following.form in UNIT_AFTER_NUMBER:
        return False
    if tokens[member.start].form in ORDINALS:
        return True
    bracket = tokens[before.end - 1].form == ")"
    if bracket != (tokens[member.end - 1].form == ")") and len(before.path) == 1:
        return False  # 1), 2) but not 1), 2
    if name.form in SEVERAL_UNITS:
        return True
    ascending = _key(before.last or before.path[-1][1]) < _key(member.path[-1][1])
    ends = (
        not following.is_word
        or following.form in UNIT_BEFORE_NUMBER
        or following.form in LINKS
        or following.form in AND
        or following.form in THIS
        or following.form in ACTS
    )
    joined = following.is_mark and following.form not in ',;:.)(»”"'
    return ascending and not joined and (name.form in PERHAPS_SEVERAL_UNITS or ends)


def _member(tokens: Sequence[Token], at: int, prefix: str, name: Token) -> Member | None:
    """Read one number with its brackets, or an ordinal."""
    token = tokens[at]
    if token.form in ORDINALS and prefix in (PARAGRAPH, INDENT):
        return Member(at, at + 1, ((prefix, str(ORDINALS[token.form])),))
    several = name.form in SEVERAL_UNITS or name.form in PERHAPS_SEVERAL_UNITS
    if _NUMBER.fullmatch(token.form) or _LONG_RANGE.fullmatch(token.form):
        following = tokens[at + 1]
        if following.glued and following.start == token.end and not _is_run_on(following):
            return None  # 10th, 10bis
        ranged = _ranged(tokens, at, prefix, several=several)
        if ranged is None or ranged.last is not None or ranged.malformed:
            return ranged and _closed(tokens, ranged)
    numbers = _numbers(tokens, at, prefix, name)
    if not numbers:
        return None
    end = at + 1
    if prefix in _WITH_BRACKETS or (prefix == SECTION and name.printed.isascii()):
        while len(numbers) < _DEEPEST and (bracketed := _bracketed(tokens, end)) is not None:
            numbers.append(bracketed)
            end += 3
    steps = [(prefix, numbers[0])]
    for number in numbers[1:]:
        steps.append((_below(steps[-1][0], number), number))
    member = Member(at, end, tuple(steps), malformed=_zero(token))
    return _closed(tokens, member) if len(numbers) == 1 else member


def _closed(tokens: Sequence[Token], member: Member) -> Member:
    """Take the bracket that closes the number of a point: `подпункт 2)`."""
    prefix = member.path[-1][0]
    if prefix in (CLAUSE, SUBCLAUSE) and tokens[member.end].form == ")":
        return replace(member, end=member.end + 1)
    return member


def _to_range(tokens: Sequence[Token], member: Member, prefix: str, name: Token) -> Member:
    """Read on from `52` to `– 54` or `to 54`, from `1)` to `–3)`."""
    if member.last is not None or len(member.path) > 1 or tokens[member.end].form not in TO:
        return member
    if name.form not in SEVERAL_UNITS and name.form not in PERHAPS_SEVERAL_UNITS:
        return member
    end = _member(tokens, member.end + 1, prefix, name)
    if end is None or end.last is not None or len(end.path) > 1:
        return member
    if tokens[end.end].form in COUNTED or not tokens[end.start].is_number:
        return member
    last = end.path[0][1]
    wrong = member.malformed or _key(last) <= _key(member.path[0][1])
    return Member(member.start, end.end, member.path, last, malformed=wrong)


def _ranged(tokens: Sequence[Token], at: int, prefix: str, *, several: bool) -> Member | None:
    """Return the number at `at` as a range where it is one, else as a number; None for neither.

    52–54      a range          127-1        a number      127-1–127-3    a range
    52-54      a range where several units are named, else a number
    54–52      runs backwards   127–1        a number
    """
    token = tokens[at]
    ends = _ends(token, several=several)
    end = at + 1
    if ends is None:
        if not _plain(token.form):
            return None
        return Member(at, end, ((prefix, token.form),), malformed=_zero(token))
    first, last = ends
    wrong = _key(last) <= _key(first) or not first.strip("0-")
    return Member(at, end, ((prefix, first),), last, malformed=wrong)


def _ends(token: Token, *, several: bool) -> tuple[str, str] | None:
    parts = token.form.split("-")
    dashes = [match.start() for match in _DASH_OF_RANGE.finditer(token.printed)]
    if len(dashes) == 1 and token.form.replace("-", "").isdigit():
        cut = token.printed[: dashes[0]].count("-") + 1
        first, last = "-".join(parts[:cut]), "-".join(parts[cut:])
        backwards = cut == 1 and len(parts) == 2 and int(last) >= _LEAST_INSERTED
        return (first, last) if _key(first) < _key(last) or backwards else None
    if _LONG_RANGE.fullmatch(token.form):
        return "-".join(parts[:2]), "-".join(parts[2:])
    if several and len(parts) == 2 and _NUMBER.fullmatch(token.form) and int(parts[0]) > 0:
        return (parts[0], parts[1]) if int(parts[0]) < int(parts[1]) else None
    return None


def _key(number: str) -> tuple[tuple[int, str], ...]:
    """Sort numbers as they are printed: 9, 10, 10-1, 11."""
    return tuple(
        (int(part), "") if part.isdigit() else (0, part) for part in re.split("[-.]", number)
    )


def _numbers(tokens: Sequence[Token], at: int, prefix: str, name: Token) -> list[str]:
    """Return the number at `at`; several for `Article 10.3`, none where there is no number."""
    token = tokens[at]
    following = tokens[at + 1] if token.form else token
    if not token.form or (
        following.glued and following.start == token.end and not _is_run_on(following)
    ):
        return []  # the end of the text, 10th, 10bis
    if _NUMBER.fullmatch(token.form):
        return [] if is_year(token.form) else [token.form]
    if _DECIMAL.fullmatch(token.form):
        return token.form.split(".") if prefix == ARTICLE else [token.form]
    if prefix in _WITH_ROMAN and token.printed.isupper() and _ROMAN.fullmatch(token.form):
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


def _below(prefix: str, number: str) -> str:
    """Return what a number in brackets after a unit is."""
    return CLAUSE if prefix in (ARTICLE, SECTION) and number[0].isdigit() else SUBCLAUSE
