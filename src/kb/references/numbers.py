"""Instruments that are called by a number: `Law No. 223-IV`, `C183`, `Decree 384`."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kb.references.lexing import lex, normal
from kb.references.names import designates, names_of
from kb.references.vocabulary import SERIES_OF_KIND, Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.documents import Document

_DIGITS = re.compile(r"\d{1,9}")  # the number of an instrument has four at most


class Numbers:
    """The numbers of documents. Their names are read for them when a text has such a number."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._numbers_at = lru_cache(maxsize=None)(
            lambda place: frozenset(numbers_of(documents[place]))
        )
        self.having = lru_cache(maxsize=1 << 16)(self._having)

    def _having(self, series: Series, number: str) -> tuple[Document, ...]:
        """Return the documents that are found under a number, in their order."""
        digits = _DIGITS.match(number)
        places = self._places.get(int(digits.group()), ()) if digits is not None else ()
        return tuple(
            self._documents[place]
            for place in places
            if (series, number) in self._numbers_at(place)
        )

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        """Places of the documents in whose names or number digits stand together, in order."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place, document in enumerate(self._documents):
            names = (*document.aliases, *document.short.values(), *document.titles.values())
            digits = _DIGITS.findall(" ".join((document.id, document.number or "", *names)))
            for value in set(map(int, digits)):
                found[value].append(place)
        return dict(found)


def plain(number: str) -> str:
    """Return a number without leading zeros: `029` → `29`."""
    return number.lstrip("0") or number


def numbers_of(document: Document) -> Iterator[tuple[Series, str]]:
    """Yield the numbers under which a document is found.

    A law is also found by the first part of its number: `закон 223`.
    """
    series = SERIES_OF_KIND.get(document.kind)
    if series is not None and document.number:
        number = normal(document.number)
        yield series, number
        if series is Series.LAW:
            yield series, number.partition("-")[0]
    for _, name in names_of(document):
        if (designation := designates(lex(name))) is not None:
            yield designation.series, plain(designation.number)
