"""Instruments that are called by a name: titles, short names and aliases, as phrases of stems.

    Трудового кодекса    meets the short name    Трудовой кодекс
    Еңбек кодексінің     meets                   Еңбек кодексі
    ТК                   meets the alias ТК, and `тк` only beside a provision: `ст. 99 тк`

The names stand in one tree of stems a language, so that reading a text costs the length of the
text, however many documents are held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.documents import Document, Language
from kb.references.designations import Designation, after_links, read_designation
from kb.references.lexing import BREAK, lex
from kb.references.vocabulary import (
    ILO,
    KAZAKH_ENDINGS,
    KAZAKHSTAN,
    LINKS,
    NUMERO,
    SERIES,
    UNIT_AFTER_NUMBER,
    UNIT_BEFORE_NUMBER,
)
from kb.words import is_stopword, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.references.lexing import Token

_MARKS_BETWEEN = 2  # between two words of a name: «ТК» (РК)
_NEVER_BETWEEN = frozenset(("!", "?", ";", BREAK))
_LETTERS_OF_ABBREVIATION = 6
_WORDS_OF_TITLE = 3  # a shorter part of a title is not a name of its own

# `, 2000 (No. 183)` · ` от 23 ноября 2015 года № 414-V`
_TAIL = re.compile(
    r"\s*(?:[,(]\s*(?:\d|No\b|№)|\(|№|\b(?:от|of|dated)\s+\d|\bNo\.).*", re.IGNORECASE | re.DOTALL
)
_QUOTED = re.compile(r"[«“\"]([^«»“”\"]+)[»”\"]")
_GENERIC = {*SERIES, *UNIT_BEFORE_NUMBER, *UNIT_AFTER_NUMBER, *NUMERO, *LINKS}
_SHORTEST_STEM = 3
_SHORTEST_RUSSIAN_STEM = 4
_LONGEST_ENDING = max(map(len, KAZAKH_ENDINGS))
_SPELLINGS = {"labor": "labour", "organization": "organisation"}


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a text."""

    end: int  # index of the token after it
    documents: tuple[Document, ...]  # that have this name


@dataclass(slots=True)
class _Branch:
    next: dict[str, _Branch] = field(default_factory=dict)
    names: list[tuple[Document, bool]] = field(default_factory=list)  # and: only in capitals?


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name as it is looked for in one language."""

    language: Language
    stems: tuple[str, ...]  # of its words and numbers
    initial: str  # what its first word begins with
    capitals: bool  # whether it counts in capitals only: an abbreviation


class Names:
    """The names of documents, to be found in texts."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._trees = {language: _Branch() for language in Language}
        self._initials: set[str] = set()
        for document in documents:
            for name in phrases_of(document):
                self._add(document, name)

    def _add(self, document: Document, name: Phrase) -> None:
        self._initials.add(name.initial)
        branch = self._trees[name.language]
        for stem_of_it in name.stems:
            branch = branch.next.setdefault(stem_of_it, _Branch())
        if (document, name.capitals) not in branch.names:
            branch.names.append((document, name.capitals))

    def length_known(self, name: Phrase) -> int:
        """Return how many of the first words of a name are those of names that are here."""
        branch: _Branch | None = self._trees[name.language]
        for length, stem_of_it in enumerate(name.stems):
            branch = branch.next.get(stem_of_it) if branch is not None else None
            if branch is None:
                return length
        return len(name.stems)

    def has_initial(self, initial: str) -> bool:
        """Whether a name begins with a word that begins so."""
        return initial in self._initials

    def may_begin(self, form: str) -> bool:
        """Whether a name may begin with a word."""
        return initial(form) in self._initials

    def find(self, tokens: Sequence[Token], at: int, *, cued: bool = False) -> Named | None:
        """Return the longest name that starts at token `at`.

        `cued` says that what stands before makes a reference likely, so that abbreviations count
        in small letters as well.
        """
        if not tokens[at].form or not self.may_begin(tokens[at].form):
            return None
        best = Named(at, ())
        for language, tree in self._trees.items():
            for end, branch in _walk(tree, tokens, at, language):
                printed_so = cued or _in_capitals(tokens[at:end])
                documents = [doc for doc, capitals in branch.names if printed_so or not capitals]
                if documents and end >= best.end:
                    known = best.documents if end == best.end else ()
                    best = Named(end, (*known, *(doc for doc in documents if doc not in known)))
        return best if best.documents else None


# --- what counts as a name ---


def names_of(document: Document) -> Iterator[tuple[Language | None, str]]:
    """Yield the names of a document, each with its language where that is known.

    A title of one ordinary word, which an uncatalogued file may have, names nothing: `notes`.
    """
    if "-" in document.id:
        yield None, document.id
    for alias in document.aliases:
        yield None, alias
    for language, short in document.short.items():
        yield language, short
        yield from ((language, part) for part in _without_country(short))
    for language, title in document.titles.items():
        if len(title.split()) > 1 or title.isupper():
            yield language, title
            parts = (*_parts(title), *_without_country(title))
            yield from ((language, part) for part in parts)


def phrases_of(document: Document) -> Iterator[Phrase]:
    """Yield the names of a document that tell it from others, as they are looked for."""
    for language, name in names_of(document):
        tokens = lex(name)
        if not _tells(tokens):
            continue
        kept = [token for token in tokens if token.is_word or token.is_number]
        for each in (language,) if language is not None else Language:
            stems = tuple(stem_of(token.form, each) for token in kept)
            yield Phrase(each, stems, initial(kept[0].form), _is_abbreviation(kept))


def _parts(title: str) -> Iterator[str]:
    """Yield the parts of a title by which it is also called.

    Maternity Protection Convention, 2000 (No. 183)       Maternity Protection Convention
    Закон РК «О профессиональных союзах»                  О профессиональных союзах
    """
    parts = [_TAIL.sub("", title)]
    if (quoted := _QUOTED.search(title)) and any(
        token.form in SERIES for token in lex(title.replace(quoted.group(), " "))
    ):
        parts.append(quoted[1])
    yield from (part for part in parts if len(part.split()) >= _WORDS_OF_TITLE)


def _without_country(name: str) -> Iterator[str]:
    """Yield `Labour Code` for `Labour Code of the Republic of Kazakhstan`."""
    tokens = lex(name)
    last = len(tokens) - 1
    start = KAZAKHSTAN.end(tokens, 0)
    if start is not None and last - start > 1:
        yield name[tokens[start].start :]
    for at in range(2, last):
        if KAZAKHSTAN.end(tokens, at) == last:
            kept = [token for token in tokens[:at] if token.form not in LINKS]
            yield name[: kept[-1].end]
            return


def _tells(tokens: Sequence[Token]) -> bool:
    """Whether a name tells one document from another: not `Law`, `№ 5`, `Закон РК`, `2030`.

    A name that is only a number and its kind (`Decree 384`) is read by the grammar instead.
    """
    if designates(tokens) is not None:
        return False
    at = 0
    while tokens[at].form:
        form = tokens[at].form
        country = KAZAKHSTAN.end(tokens, at)
        own = tokens[at].is_word and form not in _GENERIC and not is_stopword(form)
        if own and country is None and len(form) > 1:
            return True
        at = country or at + 1
    return False


def designates(tokens: Sequence[Token]) -> Designation | None:
    """Return what a name designates by its number alone: `Decree 384`."""
    found = read_designation(tokens, 0)
    return found if found is not None and not tokens[found.end].form else None


def _is_abbreviation(tokens: Sequence[Token]) -> bool:
    """Whether a name is an abbreviation: `ТК`, `ТК РК`, `LC`."""
    return len(tokens) <= 3 and all(
        token.printed.isupper() and len(token.printed) <= _LETTERS_OF_ABBREVIATION
        for token in tokens
    )


def _in_capitals(tokens: Sequence[Token]) -> bool:
    """Whether words are printed in capitals, their endings aside: `ТК-нің`."""
    return all(token.printed.partition("-")[0].isupper() for token in tokens if token.is_word)


# --- stems ---


def _walk(
    tree: _Branch, tokens: Sequence[Token], at: int, language: Language
) -> Iterator[tuple[int, _Branch]]:
    """Yield the branches with names that the words from `at` on lead to."""
    branch = tree.next.get(stem_of(tokens[at].form, language))
    while branch is not None:
        at += 1
        if branch.names and not tokens[at].glued:  # LC is no part of LC-34
            yield at, branch
        for _ in range(_MARKS_BETWEEN):
            if tokens[at].is_mark and tokens[at].form not in _NEVER_BETWEEN:
                at += 1
        following = branch.next.get(stem_of(tokens[at].form, language))
        if following is None:  # Закон РК о …, Конвенция МОТ об …
            aside = after_links(tokens, at, commas=False)
            end = KAZAKHSTAN.end(tokens, aside) or ILO.end(tokens, aside)
            if end is not None:
                at = end
                following = branch.next.get(stem_of(tokens[at].form, language))
        branch = following


@lru_cache(maxsize=1 << 14)
def initial(form: str) -> str:
    """Return what the beginnings of all forms of a word have in common, in either script."""
    return stem(form[:2], Language.RUSSIAN)


def stem_of(form: str, language: Language) -> str:
    """Return the form under which the words of names meet those of texts."""
    if language is Language.KAZAKH:
        return _kazakh_stem(form)
    if language is Language.RUSSIAN:
        return _russian_stem(form)
    return stem(_SPELLINGS.get(form, form), language)


@lru_cache(maxsize=1 << 16)
def _russian_stem(form: str) -> str:
    """Stem until nothing more falls off: `Устава` → `устав`, and `Устав` → `уста` all the same."""
    while len(shorter := stem(form, Language.RUSSIAN)) >= _SHORTEST_RUSSIAN_STEM:
        if shorter == form:
            break
        form = shorter
    return form


@lru_cache(maxsize=1 << 16)
def _kazakh_stem(form: str) -> str:
    """Cut the endings of number, owner and case: кодексинин → кодекс.

    Both the name and the text are cut, so what matters is that they are cut alike.
    """
    longest = min(len(form) - _SHORTEST_STEM, _LONGEST_ENDING)
    for length in range(longest, 0, -1):
        if form[-length:] in KAZAKH_ENDINGS:
            return form[:-length]
    return form
