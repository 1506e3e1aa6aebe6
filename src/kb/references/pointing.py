"""Words that point at the text in which they stand, and names of acts that nobody here knows.

    настоящего Кодекса · осы Заңның · this Convention      the act itself
    настоящей статьи · осы баптың · this Article           the unit that the words stand in
    Гражданского кодекса · Правил … · of the FSMR          another act, whatever it is

A provision of another act must never be taken for one of the text's own, so an act is recognised
by what acts are called even where its name says nothing to us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.references.days import is_year
from kb.references.designations import after_links
from kb.references.lexing import BREAK
from kb.references.vocabulary import ACTS, CLOSING, KAZAKHSTAN, OPENING, THIS, UNIT_ALONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.references.lexing import Token

_WORDS_BEFORE = (
    4  # of an act's name before the word that says it is one: Гражданского процессуального
)
_WORDS_QUOTED = 40
_KAZAKH_THIS = "осы"
_LETTERS_OF_ABBREVIATION = 6
_LETTERS_OF_CODE = 3  # УПК
_OWNERS = ("нын", "нин", "дын", "дин", "тын", "тин")  # Kazakh genitives
# of the words before an act's name: Гражданского, Об обязательном; қатысты
_ADJECTIVES = ("ого", "его", "ой", "ей", "ым", "им", "ому", "ему", "ом", "ем", "ый", "ых", "их")


@dataclass(frozen=True, slots=True)
class This:
    """`настоящей статьи`, `осы Заңның`, `this Convention`."""

    end: int  # index of the token after it
    unit: str | None  # prefix of the unit: `art`; None for the act
    act: str = ""  # form of the word that names the act
    name: str = ""  # as printed


@dataclass(frozen=True, slots=True)
class Unknown:
    """An act that is named by what it is called, not by anything that is held."""

    end: int
    name: str  # as printed, on one line
    bare: bool  # one word and nothing more: `Закона`


def read_this(tokens: Sequence[Token], at: int) -> This | None:
    """Return what points at the text itself from token `at` on, or None."""
    at += tokens[at].form == "the" and tokens[at + 1].form == "present"
    if tokens[at].form not in THIS and tokens[at].form != "present":
        return None
    word = tokens[at + 1]
    if word.form == "трудового" and tokens[at + 2].form in ACTS:  # настоящего Трудового кодекса
        at, word = at + 1, tokens[at + 2]
    if word.form in ACTS and (word.printed[:1].isupper() or not word.printed.isascii()):
        return This(at + 2, None, word.form, _printed(tokens, at, at + 2))
    if word.form not in UNIT_ALONE or tokens[at].form == "present":
        return None
    # осы баптың 2-тармағы, but not "this article 2"
    if tokens[at].form == _KAZAKH_THIS or not tokens[at + 2].is_number:
        return This(at + 2, UNIT_ALONE[word.form])
    return None


def read_unknown_after(tokens: Sequence[Token], at: int) -> Unknown | None:
    """Read an act after its provision: `статьи 5` + `Гражданского кодекса`, `of the FSMR`."""
    start = after_links(tokens, at, commas=False)
    linked = start > at
    start += tokens[start].form == "("
    end = start
    for _ in range(_WORDS_BEFORE + 1):
        token = tokens[end]
        if token.form in ACTS:
            end = _after_name(tokens, end + 1)
            return Unknown(end, _printed(tokens, start, end), bare=end == start + 1)
        country = KAZAKHSTAN.end(tokens, end)
        if country is None and not _may_begin(token, linked=linked):
            break
        end = country or end + 1
    if _is_abbreviation(tokens, start) and (linked or not tokens[start].printed.isascii()):
        end = KAZAKHSTAN.end(tokens, start + 1) or start + 1
        return Unknown(end, _printed(tokens, start, end), bare=False)
    return None


def _may_begin(token: Token, *, linked: bool) -> bool:
    """Whether a word may stand in an act's name before the word that says it is one."""
    if not token.is_word:
        return False
    if token.printed.isascii():
        return linked and token.printed[:1].isupper()
    return token.form.endswith(_ADJECTIVES)


def read_unknown_before(tokens: Sequence[Token], at: int) -> Unknown | None:
    """Read an act that owns what follows, as Kazakh says it: `Азаматтық кодексінің` + `5-бабы`."""
    form = tokens[at].form
    if form not in ACTS or not form.endswith(_OWNERS):
        return None
    start = at
    while start and at - start < _WORDS_BEFORE and tokens[start - 1].is_word:
        start -= 1
        if tokens[start].printed[:1].isupper():
            break
    if not tokens[start].printed[:1].isupper():
        start = at
    return Unknown(at + 1, _printed(tokens, start, at + 1), bare=start == at)


def _after_name(tokens: Sequence[Token], at: int) -> int:
    """Read on after `Закона`: `Республики Казахстан`, `"Об обязательном страховании"`."""
    at = KAZAKHSTAN.end(tokens, after_links(tokens, at, commas=False)) or at
    at += is_year(tokens[at].form) and tokens[at - 1].printed.isascii()
    if tokens[at].form not in OPENING - {"("}:
        return at
    for end in range(at + 1, min(at + _WORDS_QUOTED, len(tokens) - 1)):
        if tokens[end].form == BREAK:
            break
        if tokens[end].form in CLOSING - {")"}:
            return end + 1
    return at


def _is_abbreviation(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is the abbreviation of an act's name, as far as its letters tell: `ГК`."""
    token = tokens[at]
    shortened = 1 < len(token.printed) <= _LETTERS_OF_ABBREVIATION and token.printed.isupper()
    return token.is_word and shortened and KAZAKHSTAN.end(tokens, at) is None


def is_code_before(tokens: Sequence[Token], at: int) -> bool:
    """Whether an act's abbreviation stands before `at`: `COBS Chapter 14`, `ГК ст. 5`.

    Words of a heading in capitals are none: `ОХРАНА ТРУДА` before `Статья 5`.
    """
    if not at or not _is_abbreviation(tokens, at - 1):
        return False
    word = tokens[at - 1]
    shouted = at > 1 and tokens[at - 2].printed.isupper()
    cyrillic_word = not word.printed.isascii() and len(word.printed) > _LETTERS_OF_CODE
    return not shouted and not cyrillic_word


def _printed(tokens: Sequence[Token], start: int, end: int) -> str:
    """Return tokens as they are printed, on one line."""
    pieces = []
    for before, token in zip([None, *tokens[start:end]], tokens[start:end], strict=False):
        apart = before is not None and token.start > before.end
        pieces.append(f" {token.printed}" if apart else token.printed)
    return "".join(pieces)
