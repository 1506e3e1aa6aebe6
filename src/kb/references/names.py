"""Instruments that are called by a name: titles, short names and aliases, as phrases of stems.

    Трудового кодекса    meets the short name    Трудовой кодекс
    Еңбек кодексінің     meets                   Еңбек кодексі
    ТК                   meets the alias ТК, and `тк` only beside a provision: `ст. 99 тк`

The names stand in one tree of stems a language, so that reading a text costs the length of the
text, however many documents are held.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.documents import Document, Language
from kb.references.designations import Designation, after_links, read_designation
from kb.references.lexing import BREAK, lex
from kb.references.stems import initial, stem_of
from kb.references.unread import Unread
from kb.references.vocabulary import (
    GENERIC,
    ILO,
    KAZAKHSTAN,
    LINKS,
    SERIES,
)
from kb.words import is_stopword

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

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


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a text."""

    end: int  # index of the token after it
    documents: tuple[Document, ...]  # that have this name


@dataclass(slots=True)
class _Branch:
    next: dict[str, _Branch] = field(default_factory=dict)
    # places of documents, in order, and: only in capitals?
    names: list[tuple[int, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name as it is looked for in one language."""

    language: Language
    stems: tuple[str, ...]  # of its words and numbers
    initial: str  # what its first word begins with
    capitals: bool  # whether it counts in capitals only: an abbreviation


class Names:
    """The names of documents, to be found in texts.

    A document's names are analysed when a text comes that may have one of them.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = tuple(documents)
        self._trees = {language: _Branch() for language in Language}
        self._initials: dict[str, bool] = {}  # whether names have them, as far as was asked
        self._read: set[int] = set()  # places of documents whose names are in the trees
        self._forms: set[str] = set()  # of texts, that were looked up
        self._lock = threading.Lock()  # one finder serves all threads of a server
        self._unread = Unread(
            (place, name)
            for place, document in enumerate(self._documents)
            for name in _spellings(document)
        )

    def read_all(self) -> None:
        """Analyse the names of all documents."""
        with self._lock:
            self._read_names(range(len(self._documents)))

    def read_for(self, forms: AbstractSet[str]) -> None:
        """Analyse the names that a text may have whose tokens have these forms.

        Needed before `find` looks into the text.
        """
        if len(self._read) == len(self._documents) or forms <= self._forms:
            return
        with self._lock:
            for form in forms - self._forms:
                self._read_names(self._unread.met_by(form))
                self._forms.add(form)

    def _read_names(self, places: Iterable[int]) -> None:
        for place in places:
            if place not in self._read:
                for name in phrases_of(self._documents[place]):
                    self._add(place, name)
                self._read.add(place)

    def _add(self, place: int, name: Phrase) -> None:
        self._initials[name.initial] = True
        branch = self._trees[name.language]
        for stem_of_it in name.stems:
            branch = branch.next.setdefault(stem_of_it, _Branch())
        item = (place, name.capitals)
        at = bisect_left(branch.names, item)
        if branch.names[at : at + 1] != [item]:
            branch.names.insert(at, item)

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
        known = self._initials.get(initial)
        if known is None:
            with self._lock:
                for place in self._unread.beginning_with(initial):
                    self._read_names((place,))
                    if initial in self._initials:
                        break
                known = self._initials.setdefault(initial, False)
        return known

    def may_begin(self, form: str) -> bool:
        """Whether a name may begin with a word."""
        return self.has_initial(initial(form))

    def find(self, tokens: Sequence[Token], at: int, *, cued: bool = False) -> Named | None:
        """Return the longest name that starts at token `at`, among those that were read.

        `cued` says that what stands before makes a reference likely, so that abbreviations count
        in small letters as well.
        """
        if not tokens[at].form or not self.may_begin(tokens[at].form):
            return None
        best = Named(at, ())
        for language, tree in self._trees.items():
            for end, branch in _walk(tree, tokens, at, language):
                printed_so = cued or _in_capitals(tokens[at:end])
                documents = [
                    self._documents[place]
                    for place, capitals in branch.names.copy()  # other threads add to it
                    if printed_so or not capitals
                ]
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


def _spellings(document: Document) -> Iterator[str]:
    """Yield the names of a document, or more, those aside that lack but their country.

    Cheaper than `names_of`, and all of its names are among these or have the words of one of them
    that `Unread` goes by.
    """
    if "-" in document.id:
        yield document.id
    yield from (*document.aliases, *document.short.values())
    for title in document.titles.values():
        yield title
        if (part := _TAIL.sub("", title)) != title:
            yield part
        if (quoted := _QUOTED.search(title)) is not None:
            yield quoted[1]


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
        own = tokens[at].is_word and form not in GENERIC and not is_stopword(form)
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


# --- in a text ---


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
