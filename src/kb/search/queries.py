"""A query as typed, made into what the legs can use, or refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from kb.documents import Language, Provenance
from kb.errors import BadFilter, BadQuery
from kb.languages import detect
from kb.words import is_stopword, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from enum import StrEnum

MAX_LIMIT = 100
MAX_OFFSET = 1000
_SENTENCE = 2  # words, stop words left out

# "…" «…» “…” „…“ : what stands between is to be found word for word
QUOTED = re.compile(r'"([^"]+)"|«([^«»]+)»|“([^“”]+)”|„([^„“”]+)[“”]')
_ALLOWED_CONTROLS = "\t\n\r"

_Member = TypeVar("_Member", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for."""

    text: str  # as typed, in NFC, white space trimmed
    phrases: tuple[str, ...]  # the parts in quotation marks, without these
    language: Language  # it seems to be written in

    @property
    def words(self) -> str:
        """The query without its quotation marks, for the legs that rank."""
        return QUOTED.sub(lambda match: f" {_inner(match)} ", self.text)

    @property
    def is_a_sentence(self) -> bool:
        """Whether it says enough outside its quotation marks to be answered without them."""
        outside = QUOTED.sub(" ", self.text)
        said = [word for word in words(outside) if not is_stopword(word.form)]
        return len(said) >= _SENTENCE


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; None lets everything pass."""

    documents: frozenset[str] | None = None
    languages: frozenset[Language] | None = None
    provenances: frozenset[Provenance] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is filtered."""
        return self.documents is None and self.languages is None and self.provenances is None


def parse_query(typed: str, max_chars: int) -> Query:
    """Return the query that was typed.

    Raises:
        BadQuery: it is empty, too long, or holds control characters.
    """
    text = unicodedata.normalize("NFC", typed).strip()
    if not any(character.isalnum() for character in text):
        raise BadQuery("The query is empty: type at least one word or number.")
    if len(text) > max_chars:
        raise BadQuery(
            f"The query has {len(text)} characters; shorten it to {max_chars} at most, or search"
            " for its sentences one by one."
        )
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _ALLOWED_CONTROLS:
            raise BadQuery(
                f"The query holds the control character U+{ord(character):04X}: remove it and"
                " search again."
            )
    phrases = tuple(
        inner.strip() for match in QUOTED.finditer(text) if (inner := _inner(match)).strip()
    )
    return Query(text, phrases, detect(text))


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def parse_filters(
    documents: Iterable[str] | None,
    languages: Iterable[str] | None,
    provenances: Iterable[str] | None,
    held: Collection[str],
) -> Filters:
    """Return the filters, or say which value is not one.

    Raises:
        BadFilter: a document that is not held, an unknown language or provenance.
    """
    wanted = _given(documents)
    if wanted is not None and (unknown := sorted(wanted - set(held))):
        raise BadFilter(
            f"There is no document {unknown[0]!r} in this index; `kb documents` lists the"
            f" {len(held)} that it holds."
        )
    return Filters(
        wanted,
        _members("language", Language, languages),
        _members("provenance", Provenance, provenances),
    )


def parse_language(value: str | None) -> Language | None:
    """Return the language that a caller names, None for none.

    Raises:
        BadFilter: it is not one of en, ru, kk.
    """
    chosen = _members("language", Language, None if value is None else [value])
    return next(iter(chosen)) if chosen else None


def parse_day(value: date | str | None) -> date | None:
    """Return the day that a caller names, None for none.

    Raises:
        BadFilter: it is not a date as in 2022-04-01.
    """
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadFilter(
            f"{value!r} is not a day: give it as year, month and day, as in 2022-04-01."
        ) from error


def check_page(limit: int, offset: int) -> None:
    """Refuse a page that cannot be given.

    Raises:
        BadFilter: limit or offset is out of range.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise BadFilter(f"limit is {limit}; give a number from 1 to {MAX_LIMIT}.")
    if not 0 <= offset <= MAX_OFFSET:
        raise BadFilter(f"offset is {offset}; give a number from 0 to {MAX_OFFSET}.")


def _given(values: Iterable[str] | None) -> frozenset[str] | None:
    if values is None:
        return None
    chosen = frozenset([values] if isinstance(values, str) else values)
    return chosen or None


def _members(
    name: str, kind: type[_Member], values: Iterable[str] | None
) -> frozenset[_Member] | None:
    chosen = _given(values)
    if chosen is None:
        return None
    known = {str(member): member for member in kind}
    unknown = sorted(str(value) for value in chosen if str(value) not in known)
    if unknown:
        raise BadFilter(f"{unknown[0]!r} is not a {name}: choose from {', '.join(sorted(known))}.")
    return frozenset(known[str(value)] for value in chosen)
